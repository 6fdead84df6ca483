"""Alembic migrations of the desk register; each is tested up and down on both databases."""
