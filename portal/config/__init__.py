"""Typed settings, one class for each composition root; nothing lower reads settings."""
