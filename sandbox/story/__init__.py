"""The story: shared shelves and five stores on four platforms, played through the real bot by people who only look and click."""
