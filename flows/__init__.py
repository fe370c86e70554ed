"""The conversations as pure step machines: no Slack, no SQL, no HTTP."""
