"""What the tree of folders promises: names that say what is in them, and one direction."""

from collections import Counter
from graphlib import CycleError, TopologicalSorter

from tests.architecture.conftest import ROOT, Module

MIRRORED = ROOT / "tests"


def test_no_file_name_stands_in_two_rooms(modules):
    names = Counter(m.path.stem for m in modules if m.path.stem != "__init__")
    assert [name for name, count in names.items() if count > 1] == []


def test_no_circle_of_imports_of_any_kind(modules):
    """At import time, inside functions, for types only: each is an arrow."""
    known = {module.name: module for module in modules}
    arrows = {name: _reached(module, known) for name, module in known.items()}
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        circle = " -> ".join(reversed(error.args[1]))
        raise AssertionError(f"circle: {circle}") from None


def _reached(module: Module, known: dict[str, Module]) -> set[str]:
    """The modules that one names; a package stands for its own __init__."""
    found = {name for name in module.names() if name in known}
    return found - {module.name}


def test_tests_stand_in_the_room_of_what_they_test():
    rooms = {p.name for p in (ROOT / "portal").iterdir() if p.is_dir()}
    others = {"architecture", "bench", "browser", "content_text", "fuzz", "journeys", "former"}
    folders = {p.name for p in MIRRORED.iterdir() if p.is_dir() and p.name[0] not in "_."}
    assert folders - rooms - others == set()
