"""The names and words that the form's pages and the look-up page are made of, each a closed list.

A control's name or id is a property of its form, and of the window, before the browser's own: a
control called `dataset` or `submit` takes that from every script of the page. What stands here is
known to harm nothing.
"""

from __future__ import annotations

import re

_OBJECTION = (
    *("csrf_token", "token", "privacy", "homepage", "entries", "grounds", "kind", "name", "phone"),
    *("address", "unit", "credit_code", "contact", "unit_phone", "scan", "facts", "files"),
    *("sensitive", "notify", "concerns_office"),
)
GROUPS = frozenset({"entries", "grounds", "kind"})
"""Fields of several controls with one name."""

LOOK_UP_FIELDS = frozenset({"csrf_token", "code"})
OBJECTION_FIELDS = frozenset(_OBJECTION)
SEARCH_FIELDS = frozenset({"q"})
SEARCH_HINT = "搜索单位、姓名、文号"
"""What the header's search is known by: another could ask for the code, and send it as it is."""
_OPTIONAL = {"csrf_token", "notify", "concerns_office"}
NEEDED = {"sealing": OBJECTION_FIELDS - _OPTIONAL, "asking": frozenset({"code"})}
"""What each form cannot be without: its script would stop."""

_UNNAMED = "no-place"
_PLACES = frozenset(
    f"main menu channels privacy-title who self what lost error-summary-title {_UNNAMED}".split()
)
_OF_A_FIELD = re.compile(r"(?P<field>[a-z_-]+?)(?:-[0-9]{1,4})?(?:-hint|-error)?")

VALUES = {
    ("button", "name"): {"action"},
    ("button", "type"): {"button"},
    ("button", "value"): {"check"},
    ("form", "enctype"): {"multipart/form-data"},
    ("form", "method"): {"post"},
    ("form", "role"): {"search"},
    ("html", "lang"): {"zh-CN"},
    ("input", "autocomplete"): {"name", "off", "organization", "tel"},
    ("input", "type"): {"checkbox", "file", "hidden", "radio", "search", "tel", "text"},
    ("link", "rel"): {"canonical", "icon", "stylesheet"},
    ("link", "type"): {"image/svg+xml"},
    ("meta", "charset"): {"utf-8", "UTF-8"},
    ("meta", "http-equiv"): {"Content-Security-Policy"},
    ("meta", "name"): {
        *("SiteDomain", "SiteIDCode", "SiteName", "description", "renderer", "robots"),
        *("theme-color", "viewport"),
    },
    ("meta", "property"): {"og:site_name", "og:title", "og:type", "og:url"},
    ("script", "blocking"): {"render"},
}
"""The values of attributes that browsers act upon, but for addresses; others are words or marks."""


def fields_of(own: str) -> frozenset[str]:
    """The controls of the form `own` (sealing, asking); of the search where it is neither."""
    return {"sealing": OBJECTION_FIELDS, "asking": LOOK_UP_FIELDS}.get(own, SEARCH_FIELDS)


def is_id(value: str, own: str) -> bool:
    """Whether the pages have an element of this id, at the place of the form `own`."""
    found = _OF_A_FIELD.fullmatch(value)
    fields = fields_of(own) | {_UNNAMED}
    return value in _PLACES or (found is not None and found["field"] in fields)
