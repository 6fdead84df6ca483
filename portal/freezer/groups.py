"""Groups of formats that `portal build --formats` may name, known without loading any of them."""

from __future__ import annotations

HTML, FEEDS, FORMS, SEARCH = "html", "feeds", "forms", "search"

GROUPS = frozenset({HTML, FEEDS, FORMS, SEARCH, "data", "documents", "press", "share"})
