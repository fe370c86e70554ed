"""Alembic migrations; exactly one head."""
