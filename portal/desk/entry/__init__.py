"""Coming in to the desk: accounts, passwords, codes, sessions, and who may reach what."""
