"""Proof: entering publications into the ledger, and checking what somebody hands in against it."""
