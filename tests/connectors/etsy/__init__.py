"""The Etsy connector against the local Etsy."""
