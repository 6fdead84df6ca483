"""Tests mirror portal/; `python -m tests` runs every check in the order of speed."""
