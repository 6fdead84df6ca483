"""The internet-facing app: site and intake joined, with sessions and CSRF for intake only."""
