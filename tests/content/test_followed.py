"""A running site follows its files, and outlives a mistake in them."""

from collections.abc import Callable

import pytest

from portal.content.followed import LiveCatalogue
from portal.errors import ContentError, PortalError
from tests.sites import PINGDING, SiteTree


class Ticks:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def live(tree: SiteTree, ticks: Ticks, told: list[PortalError]) -> LiveCatalogue:
    return LiveCatalogue(tree.content, tree.notices, ticks=ticks, failed=told.append)


def test_a_change_shows_after_two_seconds(site_from: Callable[..., SiteTree]) -> None:
    tree, ticks, told = site_from(), Ticks(), []
    catalogue = live(tree, ticks, told)
    first = catalogue()
    tree.write(PINGDING)
    ticks.now = 1.0
    assert catalogue() is first
    ticks.now = 3.0
    assert [notice.slug for notice in catalogue().notices] == ["pingding-list"]
    kept = catalogue()
    ticks.now = 9.0
    assert catalogue() is kept, "nothing changed, nothing is read"
    assert told == []


def test_a_mistake_keeps_the_catalogue_and_is_told_once(site_from: Callable[..., SiteTree]) -> None:
    tree, ticks, told = site_from(PINGDING), Ticks(), []
    catalogue = live(tree, ticks, told)
    good = catalogue()
    path = tree.root / "notices/pingding-list/notice.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("kind: county-publicity", "kind: nonsense"), encoding="utf-8")
    for ticks.now in (3.0, 6.0, 9.0):
        assert catalogue() is good
    assert len(told) == 1
    path.write_text(text.replace("平定县第三届", "平定县新一届"), encoding="utf-8")
    ticks.now = 12.0
    assert "新一届" in catalogue().notices[0].title


def test_a_removed_file_is_a_change(site_from: Callable[..., SiteTree]) -> None:
    tree, ticks, told = site_from(PINGDING), Ticks(), []
    catalogue = live(tree, ticks, told)
    for name in ("notice.md", "list.csv"):
        (tree.root / "notices/pingding-list" / name).unlink()
    (tree.root / "notices/pingding-list").rmdir()
    ticks.now = 3.0
    assert catalogue().notices == ()


def test_a_faulty_site_does_not_start(site_from: Callable[..., SiteTree]) -> None:
    with pytest.raises(ContentError):
        live(site_from("-- content/site.toml --\nnonsense\n"), Ticks(), [])
