"""Repairs change exactly what they say, in drafts only, and keep everything else of a file."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import Issue, Repair
from portal.lint.repairs import repair
from tests.lint import faulty

ROWS = faulty.rows("专家学者,田　华,,,甲研究所", "组织,孟县甲公司,,,", "组织,⻢氏公司,,,")


def mend(tree, **options):
    for _ in range(20):
        if not repair(tree.lint(**options)):
            return [issue.code for issue in tree.lint(**options)]
    raise AssertionError("never ends")


def test_a_draft_is_mended_and_nothing_else_of_it_changes(site_from):
    tree = site_from(
        faulty.notice(rows=ROWS, number="阳质强办[2021]第3号", body="现予\u200b公\u200b示。")
    )
    text, rows = (tree.root / "notices" / "a" / name for name in ("notice.md", "list.csv"))
    rows.write_bytes(b"\xef\xbb\xbf" + rows.read_bytes().replace(b"\n", b"\r\n"))
    rows.chmod(0o640)
    before = text.read_text(encoding="utf-8")
    assert mend(tree) == ["L011"]  # what may be meant is for a person to say
    assert "现予公示。" in text.read_text(encoding="utf-8")
    assert text.read_text(encoding="utf-8").splitlines()[:8] == before.splitlines()[:8]
    right = ROWS.replace("田　华", "田华").replace("⻢", "马")
    assert rows.read_bytes() == b"\xef\xbb\xbf" + right.replace("\n", "\r\n").encode()
    assert rows.stat().st_mode & 0o777 == 0o640
    assert {path.name for path in rows.parent.iterdir()} == {"notice.md", "list.csv"}


@pytest.mark.parametrize("ledger", [b"{half", None])
def test_what_is_or_may_be_recorded_stays(site_from, ledger):
    tree = site_from(faulty.notice(rows=ROWS))
    path = tree.root / "notices" / "ledger.jsonl"
    rows = tree.root / "notices" / "a" / "list.csv"
    if ledger is None:
        from tests.lint.test_lint import ledger as record

        record(tree)
    else:
        path.write_bytes(ledger)
    before = rows.read_bytes()
    assert {"L006", "C002"} <= set(mend(tree))
    assert rows.read_bytes() == before


def test_a_place_that_says_something_else_and_a_link_are_left(tmp_path):
    file, link = tmp_path / "a.md", tmp_path / "b.md"
    file.write_text("甲乙", encoding="utf-8")
    link.symlink_to(file)
    for path, old in ((file, "丙"), (link, "甲"), (tmp_path / "none", "甲")):
        assert repair([Issue(str(path), 1, 1, "X", "", repair=Repair(old, "丁"))]) == []
    assert file.read_text(encoding="utf-8") == "甲乙"


LINES = st.lists(st.text(st.sampled_from("甲乙丙 ,"), max_size=8), min_size=1, max_size=4)
PLACES = st.tuples(st.integers(1, 5), st.integers(1, 9), st.sampled_from("甲乙丙"))


@given(LINES, st.lists(PLACES, max_size=6))
def test_as_many_places_change_as_are_told(tmp_path_factory, lines, places):
    path = Path(tmp_path_factory.mktemp("repair")) / "a.md"
    path.write_text("\n".join(lines), encoding="utf-8")
    issues = [Issue(str(path), *at, "X", "", repair=Repair(old, "改")) for *at, old in places]
    done = repair(issues)
    after = path.read_text(encoding="utf-8")
    assert after.count("改") == len(done)
    assert len(after) == len("\n".join(lines))
