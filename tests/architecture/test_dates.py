"""Dates that people read are written by `domain.dates` alone, so that all are in China's time."""

import ast
import re

from tests.architecture.conftest import ROOT

DATES = "portal.domain.dates"
# What a machine reads: names of files, parts of codes, fields of forms, a format that asks for UTC.
MACHINES = {
    "portal.backup.backup_format",
    "portal.casework.key_store",
    "portal.cli.window_command",
    "portal.desk.case.paper_form",
    "portal.desk.publishing.time_step",
    "portal.domain.receipt_code",
}
_PATTERN = re.compile(r"%[-#]?[YmdHMSBbyIp]\b|%[YmdHMS](?=%|[^\w ])|%[YmdHMS][-/:年月日时T]")


def patterns(tree):
    """Every text of a module that says how a date is to be written."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"strftime", "strptime", "ctime"}:
            yield node.lineno
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found = _PATTERN.search(node.value)
            if found and "\n" not in node.value:
                yield node.lineno


def test_only_one_module_says_how_dates_are_written(modules):
    found = {m.name: sorted(set(patterns(m.tree))) for m in modules if any(patterns(m.tree))}
    assert {
        name: lines for name, lines in found.items() if name != DATES and name not in MACHINES
    } == {}
    assert set(found) >= MACHINES, "an exception that is needed no more"


def test_templates_ask_a_filter_for_dates():
    for path in (ROOT / "portal").rglob("*.html"):
        assert "strftime" not in path.read_text(encoding="utf-8"), path
