"""Where the public site is has one source: the catalogue, which every program reads alike."""

import ast
import re
from pathlib import Path

PORTAL = Path(__file__).parents[2] / "portal"
SOURCES = {path: path.read_text(encoding="utf-8") for path in PORTAL.rglob("*.py")}
OWN = {"preview_sites.py", "preview_step.py"}
"""Previews lie on the desk itself, where the officer who asks for one reaches it."""


def test_no_printed_address_is_taken_from_what_a_browser_called_the_site():
    asked = re.compile(r"(?<!urllib\.)request\.(host|url|base)|_external|\burl_root\b")
    named = {path.name for path, text in SOURCES.items() if asked.search(text)}
    assert named <= OWN, named - OWN


def test_every_program_that_follows_the_catalogue_gives_it_the_set_address():
    calls = [
        (path.name, {keyword.arg for keyword in node.keywords})
        for path, text in SOURCES.items()
        if "FollowedCatalogue(" in text
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "FollowedCatalogue"
    ]
    assert len(calls) >= 4
    assert [name for name, given in calls if "base_url" not in given] == []


def test_the_look_up_address_is_put_together_in_one_place():
    built = re.compile(r"(base_url|host)[^\n]*/objections/status")
    assert {path.name for path, text in SOURCES.items() if built.search(text)} == {"places.py"}
