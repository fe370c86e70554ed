"""What Slack shows, as values of slack_sdk's models. No database, no calls, no decisions."""
