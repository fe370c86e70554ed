"""The local Slack workspace against Slack's official files."""
