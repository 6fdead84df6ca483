"""The sealed path of objections: submission, sealing, drop box, register, casework; no Flask."""
