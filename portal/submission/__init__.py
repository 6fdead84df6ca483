"""The public side of an objection: drafts, counters, sealing; nothing here can unseal."""
