"""The story: one warehouse and two shops, played through the real bot by people who only look and click."""
