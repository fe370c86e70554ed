"""The engine as real processes on a real Postgres, killed, frozen and cut off."""
