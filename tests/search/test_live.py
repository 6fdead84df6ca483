"""The live search: answers from the first second, and at once after an edit."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.content.catalogue import Catalogue
from portal.search import live
from portal.search.analysis import parse
from portal.search.documents import documents
from portal.search.live import LiveSearch
from portal.search.snapshot import Snapshot, scan
from tests.freezer.samples import catalogue, instant, notice
from tests.search.test_index import damage

NOW = instant("2026-11-20T12:00")
WORDS = ("申报", "公示期", "异议受理", "质量奖", "平定县", "表彰")


def notices(chance: random.Random, count: int = 30) -> list:
    return [
        notice(f"n{i}", body="。".join(chance.choices(WORDS, k=3)), digest=f"{i} {chance.random()}")
        for i in range(count)
    ]


def edited(chance: random.Random, found: list) -> list:
    """A few notices are edited, one goes, one is added."""
    changed = list(found)
    for place in chance.sample(range(len(changed)), 3):
        body = "。".join(chance.choices(WORDS, k=3))
        changed[place] = replace(changed[place], body=body, digest=f"{chance.random()}")
    del changed[chance.randrange(len(changed))]
    return [*changed, notice(f"new-{chance.random()}".replace(".", "-"), digest="new")]


def assert_right(snapshot: Snapshot | None, shown: Catalogue) -> None:
    assert snapshot is not None
    everything = scan(documents(shown, NOW))
    for word in (*WORDS, "新", "关于"):
        query = parse(word)
        assert snapshot.find(query) == everything.find(query), word


def settle(search: LiveSearch) -> None:
    if search._writing is not None:
        search._writing.join(60)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1_000_000), st.booleans())
def test_an_edit_is_found_at_once_and_after_the_index_holds_it(
    tmp_path_factory: pytest.TempPathFactory, seed: int, hurt: bool
) -> None:
    chance = random.Random(seed)
    folder = tmp_path_factory.mktemp("search")
    found = notices(chance)
    search = LiveSearch(folder)
    for _ in range(3):
        shown = catalogue(*found)
        assert_right(search.snapshot(shown, NOW), shown)
        if chance.random() < 0.7:
            settle(search)
        assert_right(search.snapshot(shown, NOW), shown)
        found = edited(chance, found)
    settle(search)
    if hurt:
        damage(folder, chance)
    shown, again = catalogue(*found), LiveSearch(folder)
    assert_right(again.snapshot(shown, NOW), shown)
    settle(again)  # its writer draws random names, which the next example must not meet


def test_with_an_index_on_the_disk_the_first_search_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_AT_ONCE", 10)
    chance = random.Random(1)
    found = notices(chance)
    shown = catalogue(*found)
    first = LiveSearch(tmp_path)
    assert first.snapshot(shown, NOW) is None, "thirty texts are not read while one waits"
    settle(first)
    assert_right(first.snapshot(shown, NOW), shown)
    assert_right(LiveSearch(tmp_path).snapshot(shown, NOW), shown)
    later = catalogue(*edited(chance, found))
    assert_right(LiveSearch(tmp_path).snapshot(later, NOW), later)


def test_a_damaged_index_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_AT_ONCE", 10)
    shown = catalogue(*notices(random.Random(2)))
    search = LiveSearch(tmp_path)
    search.snapshot(shown, NOW)
    settle(search)
    damage(tmp_path, random.Random(3))
    again = LiveSearch(tmp_path)
    snapshot = again.snapshot(shown, NOW)
    if snapshot is None:
        settle(again)
        snapshot = again.snapshot(shown, NOW)
    assert_right(snapshot, shown)
    settle(again)
    assert_right(LiveSearch(tmp_path).snapshot(shown, NOW), shown)
