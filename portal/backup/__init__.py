"""A copy of all that cannot be made again, sealed to a key kept elsewhere; and back again."""
