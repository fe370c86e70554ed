"""Postgres: tables, set-based queries, sessions, encrypted secrets, the queue."""
