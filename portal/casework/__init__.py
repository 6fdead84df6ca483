"""The desk's side of an objection: register, cases, unsealing; never on the public side."""
