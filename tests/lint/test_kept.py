"""What the lint keeps between runs changes nothing of what it finds, and nobody plants in it."""

import os
import shutil
import sqlite3
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.domain.workdays import SHANGHAI
from portal.errors import Stage
from portal.lint.folder_findings import FolderReading
from portal.lint.lint_store import LintStore, packed
from portal.lint.run import lint
from tests.lint import faulty
from tests.lint.planting import plant
from tests.recording import record
from tests.sites import DESK, MINIMAL, SiteTree, export, files_of

ROWS = (
    ("组织,甲厂,,,", "组织,乙厂,,,"),
    ("组织,甲厂,,,",),
    ("组织,乙厂,,,", "专家学者,赵六,,,甲研究所", "组织,甲 厂,,盂县,", "组织,,,,"),
)
BODIES = (
    "现将名单予以公示。",
    "公示时间：2021年12月6日至12月10日。联系人13800138000。",
    "见[附件](/notices/b/files/a.txt)、[名单](/notices/c/)、[条件](/guide/conditions/#个人)。",
)
TIMES = ("2021-12-06T08:30:00+08:00", "2021-12-03T08:30:00+08:00")
LATER = "2021-12-20T08:00:00+08:00"
REASON = "[{about: left-out, reason: 未进入建议名单}]"
AWARDED = "奖项,类别,名称,县区\n质量奖,组织,甲厂,平定县\n"
AT = datetime(2022, 1, 3, 10, tzinfo=SHANGHAI)
LATER = "2021-12-20T08:00:00+08:00"
RACE = 0.06
"""Seconds after which a file's time tells that it was changed again."""


def _county(slug, rows, body, at, again):
    more = faulty.SECOND if again else {}
    return faulty.notice(slug, body=body, rows=faulty.rows(*rows), published=at, **more)


COUNTY = (st.sampled_from(ROWS), st.sampled_from(BODIES), st.sampled_from(TIMES), st.booleans())
WRITTEN = st.one_of(
    st.builds(_county, st.just("a"), *COUNTY),
    st.builds(_county, st.just("b"), *COUNTY),
    st.builds(lambda body: faulty.city("c", body=body, rows=AWARDED), st.sampled_from(BODIES)),
    st.sampled_from(
        [
            faulty.correction("d", amends="a"),
            faulty.correction("d", amends="a", kind="withdrawal", published=LATER),
            faulty.correction("d", amends="b", kind="withdrawal", published=LATER),
            faulty.call("d", body=BODIES[2]),
            faulty.decision("d", rows=AWARDED),
            "-- notices/d/notice.md --\n没有信息头13800138000\n",
        ]
    ),
)
SLUGS = st.sampled_from("abcd")
EDITS = st.one_of(
    st.tuples(st.just("write"), WRITTEN),
    st.tuples(st.just("write"), WRITTEN),
    st.tuples(st.just("write"), WRITTEN),
    st.tuples(st.just("remove"), SLUGS),
    st.tuples(st.just("attach"), SLUGS),
    st.tuples(st.just("enter"), SLUGS),
    st.tuples(st.just("words"), st.sampled_from(["现将 现予\n", ""])),
    st.tuples(st.just("hold"), st.booleans()),
    st.tuples(st.just("later"), st.integers(0, 400)),
    st.tuples(st.just("key"), st.booleans()),
)


class Edited:
    """A tree that is edited, with all that the lint is asked."""

    def __init__(self, folder: Path) -> None:
        self.tree = SiteTree(folder).write(MINIMAL)
        self.tree.notices[0].mkdir(exist_ok=True)
        self.asked = {"desk": DESK.public, "now": AT, "holds": export(folder / "holds.json")}

    def apply(self, what, value) -> None:
        notices = self.tree.notices[0]
        if what == "write":
            slug = next(iter(files_of(value))).split("/")[1]
            shutil.rmtree(notices / slug, ignore_errors=True)
            self.tree.write(value)
        elif what == "remove":
            shutil.rmtree(notices / value, ignore_errors=True)
        elif what == "attach" and (notices / value).is_dir():
            (notices / value / "files").mkdir(exist_ok=True)
            (notices / value / "files" / "a.txt").write_text("电话13900139000", encoding="utf-8")
        elif what == "enter" and (notices / value).is_dir():
            record(notices, value)
        elif what == "words":
            (self.tree.content[0] / "wrong-words.txt").write_text(value, encoding="utf-8")
        elif what == "hold":
            held = {"edition": "third", "county": "平定县", "name": "甲厂", "category": "组织"}
            holds = [held | {"state": "upheld", "case": "1"}] if value else []
            export(self.asked["holds"], *holds)
        elif what == "later":
            self.asked["now"] = AT + timedelta(hours=value)
        elif what == "key":
            self.asked["keyed"] = lambda slug: value and slug == "a"

    def lint(self, kept: Path | None, stage=Stage.PUBLISH, **more):
        asked = {**self.asked, **more, "stage": stage, "kept": kept}
        return lint(self.tree.content, self.tree.notices, **asked)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(edits=st.lists(EDITS, min_size=2, max_size=6), entered=st.booleans())
def test_what_is_kept_changes_no_finding_after_any_edits(tmp_path_factory, edits, entered):
    folder = tmp_path_factory.mktemp("edited")
    edited, kept = Edited(folder), folder / "cache"
    for text in (
        _county("a", ROWS[0], BODIES[0], TIMES[0], again=False),
        _county("b", ROWS[1], BODIES[1], TIMES[1], again=False),
        faulty.city("c", body=BODIES[1], rows=AWARDED),
        faulty.correction("d", amends="a"),
    ):
        edited.apply("write", text)
    if entered:
        record(edited.tree.notices[0])
    for edit in edits:
        edited.lint(kept)
        edited.apply(*edit)
        time.sleep(RACE)
        for stage in Stage:
            fresh = edited.lint(None, stage)
            assert edited.lint(kept, stage) == fresh
            assert edited.lint(kept, stage) == fresh
        draft = folder / "drafts" / "a"
        shutil.rmtree(draft, ignore_errors=True)
        if (edited.tree.notices[0] / "b").is_dir():
            shutil.copytree(edited.tree.notices[0] / "b", draft)
            over = {"drafts": [draft]}
            assert edited.lint(kept, **over) == edited.lint(None, **over)


A, SECOND_OF_A = ("甲厂", "乙厂"), ("乙厂",)


def _listed(names):
    return [f"组织,{name},,," for name in names]


STATES = [
    [
        _county("a", _listed(A), BODIES[0], TIMES[1], again=False),
        faulty.city("c", body=BODIES[1], rows=AWARDED),
        faulty.call("d", body=BODIES[2]),
    ],
    [
        _county("a", _listed(A), BODIES[0], TIMES[1], again=True),
        _county("b", _listed(SECOND_OF_A), BODIES[0], TIMES[0], again=False),
        faulty.city("c", body=BODIES[2], rows=AWARDED),
        faulty.correction("d", amends="a"),
    ],
    [
        _county("a", _listed("甲乙丙丁戊己"), BODIES[0], TIMES[1], again=False),
        faulty.city("c", body=BODIES[1], rows=AWARDED),
        faulty.decision("d", rows=AWARDED),
    ],
]
EACH = [
    ("write", _county("a", _listed(A[1:]), BODIES[0], TIMES[1], again=False)),
    ("write", _county("a", _listed(A), BODIES[1], "2021-12-09T08:30:00+08:00", again=False)),
    ("write", _county("a", _listed(A), BODIES[0], "2022-01-08T08:30:00+08:00", again=True)),
    ("write", _county("b", _listed(SECOND_OF_A), BODIES[0], TIMES[0], again=False)),
    ("write", _county("b", _listed(A), BODIES[0], TIMES[0], again=False)),
    ("write", faulty.city("c", body=BODIES[0], rows=AWARDED.replace("甲", "乙"))),
    ("write", faulty.city("c", body=BODIES[1], rows=AWARDED, reasons=REASON)),
    ("write", faulty.correction("e", amends="a", kind="withdrawal", published=LATER)),
    ("write", faulty.correction("e", amends="b", kind="withdrawal", published=LATER)),
    ("write", faulty.call("aa", body=BODIES[0])),
    *(("remove", slug) for slug in "abcd"),
    *(("attach", slug) for slug in "ab"),
    *(("enter", slug) for slug in "abcd"),
    *(("hold", found) for found in (True, False)),
    ("later", 300),
    ("key", True),
    ("words", "现将 现予\n"),
]


@pytest.mark.parametrize("state", range(len(STATES)))
@pytest.mark.parametrize("entered", [False, True])
def test_each_edit_by_itself_is_noticed_wherever_it_matters(tmp_path, state, entered):
    for number, edit in enumerate(EACH):
        edited = Edited(tmp_path / str(number))
        kept = edited.tree.root / "cache"
        for text in STATES[state]:
            edited.apply("write", text)
        if entered:
            record(edited.tree.notices[0])
        time.sleep(RACE)
        edited.lint(kept)
        edited.apply(*edit)
        assert edited.lint(kept) == edited.lint(None), edit


@pytest.fixture
def edited(tmp_path):
    found = Edited(tmp_path)
    found.apply("write", faulty.notice("a", body=BODIES[1]) + faulty.city(body=BODIES[2]))
    time.sleep(RACE)
    return found


def test_only_what_was_changed_is_read_again(edited, tmp_path, monkeypatch):
    read, real = [], FolderReading.read
    monkeypatch.setattr(
        FolderReading, "read", lambda self, folder: read.append(folder.name) or real(self, folder)
    )
    kept = tmp_path / "cache"
    edited.lint(kept)
    assert sorted(read) == ["a", "c"]
    read.clear()
    edited.lint(kept)
    assert read == []
    edited.apply("write", faulty.city(body="另文"))
    time.sleep(RACE)
    edited.lint(kept)
    edited.lint(kept)
    assert read == ["c"]


@pytest.mark.parametrize("harm", ["cut", "text", "bytes", "other rows", "gone"])
def test_what_is_damaged_is_made_anew(edited, tmp_path, harm):
    kept = tmp_path / "cache"
    before = edited.lint(kept)
    (path,) = kept.iterdir()
    if harm == "cut":
        os.truncate(path, path.stat().st_size // 2)
    elif harm == "text":
        path.write_text("不是数据库", encoding="utf-8")
    elif harm == "bytes":
        data = bytearray(path.read_bytes())
        for at in range(0, len(data), 101):
            data[at] ^= 0x5A
        path.write_bytes(data)
    elif harm == "other rows":
        with sqlite3.connect(path) as db:
            db.execute("UPDATE fact SET value = substr(value, 1, 20)")
    else:
        path.unlink()
    assert edited.lint(kept) == before
    assert edited.lint(kept) == before


def test_a_folder_that_cannot_be_written_costs_only_time(edited, tmp_path):
    before = edited.lint(None)
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert edited.lint(tmp_path / "file" / "cache") == before


def test_what_others_could_have_written_is_not_read(edited, tmp_path):
    kept = tmp_path / "cache"
    before = edited.lint(kept)
    plant(kept)
    assert edited.lint(kept) != before
    kept.chmod(0o777)
    assert edited.lint(kept) == before
    assert kept.stat().st_mode & 0o077 == 0


def test_packed_values_are_told_from_others():
    store = LintStore()
    store.kept = True
    store.put("a", (1, "二"))
    assert store.get("a") == (1, "二")
    store._db.execute("UPDATE fact SET value = ?", (packed((1, "三")),))
    with pytest.raises(sqlite3.DatabaseError):
        store.get("a")


def test_what_is_kept_under_a_seal_is_believed_of_its_own_secret_name_and_file_only(tmp_path):
    path = tmp_path / "lint-1"
    store = LintStore(path, b"secret")
    store.put("a", 1)
    store.put("b", 2)
    store.put_listing("notices/a", packed([]), "digest")
    store.flush()
    assert (store.get("a"), store.listing("notices/a", "digest")) == (1, [])
    store.close()
    shutil.copy(path, tmp_path / "lint-2")
    for other in (
        LintStore(path),
        LintStore(path, b"other"),
        LintStore(tmp_path / "lint-2", b"secret"),
    ):
        with pytest.raises(sqlite3.DatabaseError):
            other.get("a")
        other.close()
    store = LintStore(path, b"secret")
    with pytest.raises(sqlite3.DatabaseError):
        store.listing("notices/a", "another")
    store._db.execute("UPDATE fact SET value = (SELECT value FROM fact WHERE name = 'a')")
    with pytest.raises(sqlite3.DatabaseError):
        store.get("b")


def test_what_is_planted_without_the_secret_is_not_read(edited, tmp_path):
    kept, seal = tmp_path / "cache", b"of the ledger's key"
    before = edited.lint(kept, seal=seal)
    assert edited.lint(kept, seal=seal) == before
    (path,) = kept.iterdir()
    for name in ("fact", "listing"):  # as its own program would write it, without the secret
        with sqlite3.connect(path) as db:
            db.execute(f"DELETE FROM {name}")
    edited.lint(kept)
    plant(kept)
    assert edited.lint(kept) != before
    assert edited.lint(kept, seal=seal) == before
