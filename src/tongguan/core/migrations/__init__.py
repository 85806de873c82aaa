"""Alembic migrations: one file per stage, one chain."""
