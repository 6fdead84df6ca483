"""Headers come out as the YAML library reads them, whatever stands in them."""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from portal.content.files.fault_collector import Faults
from portal.content.files.frontmatter import read_yaml

_MARKS = [
    ": ",
    ":",
    "\n",
    "  ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "'",
    '"',
    "? ",
    "#",
    "|",
    ">",
    "---",
]
_TAGS = [
    f"!!{tag} " for tag in ("str", "int", "float", "bool", "timestamp", "binary", "set", "omap")
]
_WORDS = [
    "a",
    "名单",
    "~",
    "yes",
    "null",
    "1",
    "0x1f",
    "1.5",
    ".inf",
    "1:30",
    "=",
    "<<: ",
    "&x ",
    "*x",
]
_DATES = ["2021-12-06", "2021-12-06T09:00:00+08:00", "2021-02-30"]
_PIECES = st.sampled_from([*_MARKS, *_TAGS, *_WORDS, *_DATES])
_LEAVES = st.none() | st.booleans() | st.integers() | st.dates() | st.text(max_size=8)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_LEAVES, inner, max_size=3),
    max_leaves=12,
)


_REFUSED = "refused"


def _expected(text: str) -> Any:
    """What the library says, or that it refuses."""
    try:
        return yaml.load(text, yaml.CSafeLoader)
    except Exception:  # noqa: BLE001 - whatever it lets through is a fault of the text
        return _REFUSED


@given(st.lists(_PIECES, max_size=14).map("".join) | _VALUES.map(yaml.safe_dump))
@example("a: !!str [b]")
@example("? [a, b]\n: c")
@example("a: {<<: {b: 1}, c: 2}")
@example("a: &x [b]\nb: *x")
@example("a: &x [*x]")
@example("{a: 1, a: 2}")
@example("!!int ")
@example("!!bool x")
@example("!!timestamp x")
def test_values_are_those_of_the_library(text: str) -> None:
    """Every text gives the library's value, and a fault where the library refuses it."""
    faults = Faults("notice.md")
    found = read_yaml(text, faults)
    expected = _expected(text)
    if found is None:
        assert expected == _REFUSED
        assert faults.issues[-1].code == "F004"
    elif found == ({}, {}):
        assert expected in ({}, None)
    else:
        assert repr(found[0]) == repr(expected)


def test_repeated_anchors_take_no_time() -> None:
    """A text that would be gigabytes when its aliases are written out is read at once."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 8)}]" for n in range(1, 30)]
    found = read_yaml("\n".join(lines), Faults("notice.md"))
    assert found is not None
    assert len(found[0]) == len(lines)
