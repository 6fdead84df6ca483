"""Domain objects to bytes: pure functions of catalogue and settings, no request and no clock."""
