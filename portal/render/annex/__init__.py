"""Annex forms as Word and PDF, and the check of a filled-in one."""
