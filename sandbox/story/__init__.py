"""The story: two warehouses and four stores on three platforms, played through the real bot by people who only look and click."""
