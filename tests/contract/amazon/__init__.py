"""Both sides of Amazon held against its own models."""
