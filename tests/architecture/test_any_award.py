"""The program belongs to no city: what one award alone says stands under content/."""

import re

from portal.content.site_facts import read_site
from tests.architecture.conftest import ROOT

SITE, _ = read_site(ROOT / "content")
COUNTIES = [word for c in SITE.counties.values() for word in (c.name, c.slug, *c.lookalikes)]
OWN = ("阳泉", "第三届", "2021", "3份", "附件1", "附件2", *COUNTIES)
SUFFIXES = {".py", ".html", ".txt", ".xml", ".js", ".css", ".typ", ".mako", ".svg"}


# What is counted in working days by the office's own choice: until when it aims to answer.
ANSWERS = {"casework/reminders.py", "desk/todo.py", "desk/templates/todo.html"}


def test_a_length_is_named_in_working_days_only_where_windows_are_defined():
    """Other awards count calendar days: whoever prints a length asks the window for its words."""
    said = {
        path.relative_to(ROOT / "portal").as_posix()
        for path in (ROOT / "portal").rglob("*")
        if path.suffix in SUFFIXES and re.search(r"[}*]个工作日", path.read_text("utf-8"))
    }
    assert said - ANSWERS - {"lint/rules/window_rules.py"} == set()


def test_nothing_of_one_award_stands_in_the_program():
    own = re.compile(rf"(?<![0-9a-f.#])(?:{'|'.join(map(re.escape, OWN))})(?![0-9a-f])")
    files = [path for path in (ROOT / "portal").rglob("*") if path.suffix in SUFFIXES]
    assert len(files) > 300
    found = [
        f"{path.relative_to(ROOT)}:{number} {match[0]}"
        for path in files
        if path.name != "strokes.py"  # a table of characters
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (match := own.search(line))
    ]
    assert found == []
