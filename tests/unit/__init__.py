"""Decisions without Slack, SQL or HTTP."""
