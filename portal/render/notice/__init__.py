"""A notice in every format besides its page."""
