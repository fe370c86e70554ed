"""A local Slack workspace: the other side of the bot, with no account and no network."""
