"""The Walmart connector against the local Walmart."""
