"""The read-only public app: pages, feeds, downloads; no session, no secret key."""
