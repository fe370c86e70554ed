"""The same product with no accounts: a local Slack workspace and local stores."""
