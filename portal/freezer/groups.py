"""Groups of formats that `portal build --formats` may name, known without loading any of them."""

from __future__ import annotations

HTML, FEEDS, FORMS, SEARCH, DATA = "html", "feeds", "forms", "search", "data"

GROUPS = frozenset({HTML, FEEDS, FORMS, SEARCH, DATA, "documents", "press", "share"})
