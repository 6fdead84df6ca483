"""Hostile bytes are parsed in a process that has nothing: no keys, no network, little time."""
