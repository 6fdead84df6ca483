"""Citizens write: the objection form, the receipt and the status page."""
