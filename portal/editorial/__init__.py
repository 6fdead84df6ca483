"""The way of a notice from a draft to the public: drafts, review, publication; no Flask."""
