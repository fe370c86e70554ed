"""Slack: what people type, click and read. One file per surface, `register()` in each."""
