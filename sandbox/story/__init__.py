"""The story: shared shelves and eight stores on seven platforms, played through the real bot by people who only look and click."""
