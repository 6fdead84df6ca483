"""Which pages a build renders, and rendering them."""
