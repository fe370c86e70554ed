"""Both sides of Etsy held against its own description."""
