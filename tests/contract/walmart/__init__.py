"""The Walmart connector and the local Walmart against the official contracts."""
