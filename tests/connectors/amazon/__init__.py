"""The Amazon connector against the local Amazon."""
