"""The objection form as a page: its fields, its template, what it seals with.

`site` freezes it, the same bytes for everybody; `intake` shows it filled in and takes what it
sends.
"""
