"""Intake: citizens object, keep a receipt, come back for the answer. The only pages that write."""
