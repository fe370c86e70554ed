"""The local Slack workspace, driven by Slack's own libraries."""
