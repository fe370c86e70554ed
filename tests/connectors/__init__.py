"""Connectors, seen through what they send and what they answer."""
