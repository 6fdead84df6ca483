"""A running site follows its files, and outlives a mistake in them."""

import gc
import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.content.catalogue import Catalogue
from portal.content.followed import FollowedCatalogue
from portal.domain.unrecorded import Unrecorded
from portal.errors import ContentError, PortalError
from portal.site import create_app
from portal.site.site_options import SiteOptions
from tests.addresses import site_paths
from tests.freezer.building import CALL, amendment, decision
from tests.freezer.samples import instant
from tests.sites import COUNTY_NOTICE, MINIMAL, PINGDING, YUXIAN, SiteTree, files_of

NOW = instant("2021-12-07T12:00")
ADDABLE = (
    CALL,
    YUXIAN,
    amendment("correction", "correction", "pingding-list", "2021-12-06T10:00"),
    amendment("withdrawal", "withdrawal", "pingding-list", "2021-12-08T10:00"),
    decision("decision", "2021-12-07T11:00", "平定县甲制造有限公司"),
    COUNTY_NOTICE.format(slug="later", county="yuxian", name="盂县").replace("12-06", "12-13"),
)


def follow(
    tree: SiteTree, kept: Path | None = None, told: list[PortalError] | None = None
) -> FollowedCatalogue:
    failed = [].append if told is None else told.append
    return FollowedCatalogue(
        tree.content,
        tree.notices,
        ticks=lambda: 0.0,
        failed=failed,
        kept=kept,
        unrecorded=Unrecorded.UNMARKED,
    )


def pages(catalogue: Catalogue, paths: list[str], at=NOW) -> dict[str, bytes]:
    options = SiteOptions(catalogue.site.base_url)
    client = create_app(lambda: catalogue, options, lambda: at).test_client()
    return {path: client.get(path).data for path in paths}


def sample(catalogue: Catalogue, chance: random.Random) -> list[str]:
    """Every page but the slow formats, and some of these."""
    paths = list(site_paths(catalogue, NOW))
    slow = [path for path in paths if path.endswith((".pdf", ".docx", ".png", ".xlsx"))]
    return [path for path in paths if path not in slow] + chance.sample(slow, min(2, len(slow)))


def remove(tree: SiteTree, slug: str) -> None:
    folder = tree.root / "notices" / slug
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()


def slug_of(text: str) -> str:
    return next(iter(files_of(text))).split("/")[1]


def change(tree: SiteTree, chance: random.Random) -> None:
    """Edit, add or remove something, so that the site stays sound."""
    there = {path.name for path in (tree.root / "notices").iterdir()}
    addable = [text for text in ADDABLE if slug_of(text) not in there]
    removable = sorted(there - {"pingding-list"})
    kind = chance.choice(["edit", "content", *(["add"] * bool(addable))])
    if kind == "add":
        tree.write(chance.choice(addable))
    elif kind == "content":
        path = tree.root / "content" / "site.toml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("质量", "品质", 1), encoding="utf-8")
    elif removable and chance.random() < 0.5:
        remove(tree, chance.choice(removable))
    else:
        path = tree.root / "notices" / chance.choice(sorted(there)) / "notice.md"
        text = path.read_text(encoding="utf-8")
        path.write_text(text + f"\n补充{chance.randrange(100)}。\n", encoding="utf-8")


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1_000_000))
def test_after_any_changes_the_server_is_like_one_started_anew(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    chance = random.Random(seed)
    tree = SiteTree(tmp_path_factory.mktemp("site")).write(MINIMAL + PINGDING)
    followed = follow(tree, tree.root / "kept" if chance.random() < 0.7 else None)
    for _ in range(4):
        change(tree, chance)
        if chance.random() < 0.2:
            followed = follow(tree, tree.root / "kept")
        followed.refresh()
    shown, fresh = followed(), tree.catalogue()
    paths = sample(fresh, chance)
    assert list(site_paths(shown, NOW)) == list(site_paths(fresh, NOW))
    for at in (NOW, NOW + timedelta(days=2)):
        assert pages(shown, paths, at) == pages(fresh, paths, at)


def test_without_a_change_nothing_is_read(site_from: Callable[..., SiteTree]) -> None:
    tree = site_from(PINGDING)
    followed = follow(tree)
    first = followed()
    followed.refresh()
    assert followed() is first
    path = tree.root / "notices/pingding-list/notice.md"
    path.write_bytes(path.read_bytes())
    followed.refresh()
    assert followed() is first, "a file was written as it was"


def test_whoever_has_the_old_catalogue_goes_on_with_it(site_from: Callable[..., SiteTree]) -> None:
    tree = site_from(PINGDING + YUXIAN)
    followed = follow(tree, tree.root / "kept")
    old = followed()
    remove(tree, "yuxian-list")
    path = tree.root / "notices/pingding-list/notice.md"
    path.write_text(path.read_text(encoding="utf-8") + "改后。\n", encoding="utf-8")
    followed.refresh()
    assert "改后" not in old.by_slug["pingding-list"].body
    assert old.by_slug["yuxian-list"].entries
    assert "改后" in followed().by_slug["pingding-list"].body
    assert "yuxian-list" not in followed().by_slug


MISTAKES: dict[str, Callable[[SiteTree], object]] = {
    "kind": lambda tree: tree.write(PINGDING.replace("kind: county-publicity", "kind: nonsense")),
    "header": lambda tree: tree.write(PINGDING.replace("title:", "title")),
    "edition": lambda tree: tree.write(PINGDING.replace("edition: third", "edition: none")),
    "amended gone": lambda tree: remove(tree, "yuxian-list"),
    "text gone": lambda tree: (tree.root / "notices/pingding-list/notice.md").unlink(),
    "site": lambda tree: tree.write("-- content/site.toml --\nnonsense\n"),
    "ledger": lambda tree: tree.write("-- notices/ledger.jsonl --\nnonsense\n"),
    "calendar": lambda tree: tree.write("-- content/calendar.yaml --\n- nonsense\n"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_keeps_the_content_and_is_told_once(
    site_from: Callable[..., SiteTree], mistake: str
) -> None:
    amended = amendment("correction", "correction", "yuxian-list", "2021-12-06T10:00")
    tree, told = site_from(PINGDING + YUXIAN + amended), []
    followed = follow(tree, tree.root / "kept", told)
    good = followed()
    before = pages(good, ["/", "/notices/pingding-list/"])
    files = {path: path.read_bytes() for path in tree.root.rglob("*") if path.is_file()}
    MISTAKES[mistake](tree)
    for _ in range(3):
        followed.refresh()
    assert followed() is good
    assert pages(good, list(before)) == before
    assert len(told) == 1
    assert isinstance(told[0], ContentError)
    assert told[0].issues
    with pytest.raises(ContentError):
        follow(tree, tree.root / "kept")
    for path, data in files.items():
        if tree.root / "kept" not in path.parents:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
    tree.write(PINGDING.replace("平定县第三届", "平定县新一届"))
    for name in ("ledger.jsonl", "../content/calendar.yaml"):
        path = tree.root / "notices" / name
        if path.resolve() not in {file.resolve() for file in files}:
            path.unlink(missing_ok=True)
    followed.refresh()
    assert "新一届" in followed().by_slug["pingding-list"].title
    assert len(told) == 1


def test_a_faulty_site_does_not_start(site_from: Callable[..., SiteTree]) -> None:
    with pytest.raises(ContentError):
        follow(site_from("-- content/site.toml --\nnonsense\n"))


def kept_files(tree: SiteTree) -> Iterator[Path]:
    return (tree.root / "kept").glob("notices-*.sqlite")


def spoil_everything(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [spoil_everything, cut, empty, Path.unlink])
def test_a_damaged_store_is_made_again(
    site_from: Callable[..., SiteTree], damage: Callable[[Path], object]
) -> None:
    tree = site_from(PINGDING + YUXIAN)
    paths = ["/", "/notices/", "/notices/pingding-list/"]
    before = pages(follow(tree, tree.root / "kept")(), paths)
    gc.collect()  # that server has ended
    for path in kept_files(tree):
        damage(path)
    assert pages(follow(tree, tree.root / "kept")(), paths) == before


def test_where_nothing_can_be_kept_it_serves_all_the_same(
    site_from: Callable[..., SiteTree],
) -> None:
    tree = site_from(PINGDING)
    (tree.root / "file").write_text("", encoding="utf-8")
    assert "pingding-list" in follow(tree, tree.root / "file")().by_slug


def test_two_servers_share_one_store(site_from: Callable[..., SiteTree]) -> None:
    tree = site_from(PINGDING)
    first, second = follow(tree, tree.root / "kept"), follow(tree, tree.root / "kept")
    tree.write(YUXIAN)
    first.refresh()
    assert "yuxian-list" not in second().by_slug
    second.refresh()
    assert "yuxian-list" in second().by_slug
    assert len(list(kept_files(tree))) == 1
