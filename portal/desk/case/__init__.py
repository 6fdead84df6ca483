"""A case at the desk: its page, its steps, what is entered by hand, what is printed."""
