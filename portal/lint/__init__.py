"""Lint: every rule over a tree of content, with place, code and remedy for each fault."""
