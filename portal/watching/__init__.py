"""What may be wrong with an installation: one list of checks for doctor, readyz and alarm."""
