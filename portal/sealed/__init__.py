"""What both sides of the sealed path share: envelopes, drop box, courier, receipts, public keys."""
