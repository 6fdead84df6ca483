"""What a visitor sees is what the ledger holds at that instant, whatever was done to the files."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.cli import portal
from portal.content.followed import FollowedCatalogue
from portal.content.loader import load
from portal.content.notice.basis import Basis
from portal.content.notice.notice_reader import read_notice
from portal.content.record.changes import Folders
from portal.content.working_calendar import load_calendar
from portal.domain.workdays import SHANGHAI
from portal.editorial.revising import revise_in_place
from portal.errors import ContentError, RequestError
from portal.freezer.build import build
from portal.freezer.task import BuildOptions
from portal.ledger.ledger_lines import read_ledger
from portal.site import create_app
from portal.site.site_options import SiteOptions
from tests.freezer.building import BufferReporter
from tests.recording import record
from tests.sites import MINIMAL, SiteTree
from tests.thirdaward import EDITIONS

BEGUN = datetime(2021, 12, 1, 9, tzinfo=SHANGHAI)
SLUGS = ("one", "two", "three")
FORMATS = frozenset({"html", "feeds"})
ACTS = ("write", "edit", "spoil", "enter", "revise", "withdraw", "remove", "nothing")
STEPS = st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(SLUGS)), max_size=9)

NOTICE = """---
title: 关于{slug}的通知
kind: {kind}
edition: third
issuer: city-office
published: {at}
review: {{drafted: 张三, reviewed: 李四, approved: 王五}}
{more}---
记号{mark}号。
"""


class History:
    """A tree with its ledger, and what should be seen of it: who entered what, and when."""

    def __init__(self, root: Path) -> None:
        (root / "notices").mkdir(parents=True)
        self.tree = SiteTree(root).write(MINIMAL)
        self.at, self.mark = BEGUN, 0
        self.entered: dict[str, list[tuple[datetime, str]]] = {}

    def folder(self, slug: str) -> Path:
        return self.tree.root / "notices" / slug

    def put(self, slug: str, kind: str = "call", more: str = "") -> None:
        self.mark += 1
        self.folder(slug).mkdir(exist_ok=True)
        text = NOTICE.format(
            slug=slug, kind=kind, at=self.at.isoformat(), more=more, mark=self.mark
        )
        (self.folder(slug) / "notice.md").write_text(text, encoding="utf-8")

    def known(self, slug: str) -> list:
        ledger = self.tree.root / "notices" / "ledger.jsonl"
        return [line for line in read_ledger(ledger) if line.slug == slug]

    def do(self, act: str, slug: str) -> None:
        self.at += timedelta(hours=1)
        exists = (self.folder(slug) / "notice.md").exists()
        match act:
            case "write" if not exists and slug not in self.entered:
                self.put(slug)
            case "edit" if exists:
                self._edit(slug)
            case "spoil" if exists:
                (self.folder(slug) / "notice.md").write_text("没有信息头\n", encoding="utf-8")
            case "enter" if exists:
                self._enter(slug)
            case "revise" if exists and self.known(slug):
                self._revise(slug)
            case "withdraw" if slug in self.entered and not self.folder(f"{slug}-gone").exists():
                self.put(f"{slug}-gone", "withdrawal", f"amends: {slug}\n")
                self._enter(f"{slug}-gone")
            case "remove" if exists:
                shutil.rmtree(self.folder(slug))

    def _edit(self, slug: str) -> None:
        self.mark += 1
        path = self.folder(slug) / "notice.md"
        lines = [
            line for line in path.read_text(encoding="utf-8").splitlines() if "记号" not in line
        ]
        path.write_text("\n".join([*lines, f"记号{self.mark}号。\n"]), encoding="utf-8")

    def _read(self, slug: str):
        basis = Basis(load_calendar(self.tree.root / "content" / "calendar.yaml"), EDITIONS)
        return read_notice(self.folder(slug), basis).notice

    def _enter(self, slug: str) -> None:
        notice = self._read(slug)
        if notice is None or any(line.revision >= notice.revision for line in self.known(slug)):
            return  # faulty, or overwritten: the lint refuses both
        record(self.tree.root / "notices", slug, at=self.at, copies=True)
        body = notice.body.strip()
        self.entered.setdefault(slug, []).append((self.at, body))

    def _revise(self, slug: str) -> None:
        notice, lines = self._read(slug), self.known(slug)
        number = max(line.revision for line in lines)
        if notice is not None and notice.revision == number:
            digests = {line.source for line in lines if line.revision == number}
            revise_in_place(
                self.folder(slug), number, digests, notice.digest, note="改了", at=self.at
            )

    def seen(self, at: datetime) -> dict[str, str]:
        """The text of each notice that is public at an instant."""
        found = {
            slug: [body for since, body in texts if since <= at]
            for slug, texts in self.entered.items()
        }
        return {slug: bodies[-1] for slug, bodies in found.items() if bodies}

    def instants(self) -> list[datetime]:
        moments = sorted({since for texts in self.entered.values() for since, _ in texts})
        second = timedelta(seconds=1)
        return [BEGUN, *moments, *(moment - second for moment in moments), self.at + second]


@pytest.fixture
def fresh(tmp_path_factory):
    def make() -> History:
        return History(tmp_path_factory.mktemp("history") / "site")

    return make


@settings(max_examples=40)
@given(STEPS)
def test_what_is_seen_at_any_instant_is_what_the_ledger_holds(tmp_path_factory, steps):
    history = History(tmp_path_factory.mktemp("history") / "site")
    for act, slug in steps:
        history.do(act, slug)
        catalogue = load(history.tree.content, history.tree.notices)
        for at in history.instants():
            found = {n.slug: n.body.strip() for n in catalogue.as_of(at).notices}
            assert found == history.seen(at)


@settings(max_examples=8)
@given(STEPS)
def test_server_and_built_site_show_the_same(tmp_path_factory, steps):
    history = History(tmp_path_factory.mktemp("history") / "site")
    tree, kept = history.tree, history.tree.root.parent / "kept"
    followed = FollowedCatalogue(
        tree.content, tree.notices, ticks=lambda: 0.0, failed=lambda _: None, kept=kept
    )
    folders = Folders(tuple(tree.content), tuple(tree.notices))
    options = BuildOptions(
        folders,
        tree.root.parent / "build",
        tree.root.parent / "cache",
        FORMATS,
    )
    for act, slug in steps:
        history.do(act, slug)
        followed.refresh()
        build(options, history.at, BufferReporter())
    build(options, history.at, BufferReporter())
    seen = history.seen(history.at)
    shown = SiteOptions("https://portal.test", formats=FORMATS)
    client = create_app(followed, shown, lambda: history.at)
    for slug in [*SLUGS, *(f"{slug}-gone" for slug in SLUGS)]:
        live = client.test_client().get(f"/notices/{slug}/")
        page = options.out / "notices" / slug / "index.html"
        assert (live.status_code == 200, page.exists()) == (slug in seen, slug in seen)
        if slug in seen:
            assert seen[slug] in live.text
            assert page.read_text(encoding="utf-8") == live.text
    feed = (options.out / "feeds" / "all.json").read_text(encoding="utf-8")
    hidden = {f"记号{mark}号" for mark in range(1, history.mark + 1)} - {
        text.strip("。") for texts in history.entered.values() for _, text in texts
    }
    files = [p for p in options.out.rglob("*") if p.suffix in {".html", ".xml", ".json"}]
    for mark in hidden:
        assert mark not in feed
        assert not any(mark in path.read_text(encoding="utf-8") for path in files)


def test_without_a_ledger_nothing_is_public(fresh):
    history = fresh()
    history.do("write", "one")
    assert load(history.tree.content, history.tree.notices).notices == ()


def test_a_ledger_that_somebody_changed_is_believed_in_nothing(fresh):
    history = fresh()
    history.do("write", "one")
    history.do("enter", "one")
    ledger = history.tree.root / "notices" / "ledger.jsonl"
    lines = ledger.read_text(encoding="utf-8")
    for changed in (lines.replace("one", "two"), lines + lines.splitlines()[-1] + "\n", "{}\n"):
        ledger.write_text(changed, encoding="utf-8")
        with pytest.raises(ContentError):
            load(history.tree.content, history.tree.notices)


def test_a_recorded_text_that_is_nowhere_stops_the_site_instead_of_going_silently(fresh):
    history = fresh()
    history.do("write", "one")
    history.do("enter", "one")
    shutil.rmtree(history.tree.root / "notices" / ".ledger")
    history.do("edit", "one")
    with pytest.raises(ContentError) as caught:
        load(history.tree.content, history.tree.notices)
    assert [issue.code for issue in caught.value.issues] == ["R004"]


def test_a_preview_shows_the_draft_and_marks_it(fresh, monkeypatch):
    history = fresh()
    history.do("write", "one")
    monkeypatch.setenv("PORTAL_STATE", str(history.tree.root / "state"))
    where = ["--content", str(history.tree.content[0]), "--notices", str(history.tree.notices[0])]
    for more, shown in (([], False), (["--drafts"], True)):
        out = history.tree.root / f"out-{shown}"
        command = ["build", "--out", str(out), "--formats", "html,feeds", *where, *more]
        done = CliRunner().invoke(portal, command)
        assert done.exit_code == 0, done.output
        page = out / "notices" / "one" / "index.html"
        assert page.exists() == shown
        assert ("未公开：one，第1稿未登记" in done.output) == (not shown)
        if shown:
            text = page.read_text(encoding="utf-8")
            assert "【预览】关于one的通知" in text
            assert "没有经签发登记" in text
            assert "【预览】" in (out / "feeds" / "all.rss.xml").read_text(encoding="utf-8")


def test_publishing_wants_a_name_and_the_time_to_have_come(fresh, monkeypatch, tmp_path):
    history = fresh()
    history.do("write", "one")
    history.at = datetime.now(SHANGHAI) + timedelta(days=2)
    history.put("two")
    monkeypatch.setenv("PORTAL_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("PORTAL_CONTENT", str(history.tree.content[0]))
    monkeypatch.setenv("PORTAL_NOTICES", str(history.tree.notices[0]))

    def publish(*words):
        return CliRunner().invoke(portal, ["publish", "--no-passphrase", *words])

    asked = publish()
    assert asked.exit_code == 1
    assert "one 第1稿" in asked.output
    assert "时间未到" in asked.output
    assert history.known("one") == []
    assert isinstance(publish("two").exception, RequestError)
    assert isinstance(publish("three").exception, RequestError)
    assert publish("one").exit_code == 0
    assert [line.slug for line in history.known("one")] == ["one"]
    assert history.known("two") == []
    assert isinstance(publish("one").exception, RequestError)


def test_an_overwritten_text_is_given_back(fresh, monkeypatch):
    history = fresh()
    history.do("write", "one")
    history.do("enter", "one")
    before = (history.folder("one") / "notice.md").read_bytes()
    history.do("edit", "one")
    monkeypatch.setenv("PORTAL_CONTENT", str(history.tree.content[0]))
    monkeypatch.setenv("PORTAL_NOTICES", str(history.tree.notices[0]))
    done = CliRunner().invoke(portal, ["revise", "one", "--note", "改正记号"])
    assert done.exit_code == 0, done.output
    assert (history.folder("one") / "revisions" / "1" / "notice.md").read_bytes() == before
    assert history._read("one").revision == 2
    assert "记号2号" in history._read("one").body
    shown = load(history.tree.content, history.tree.notices).by_slug["one"]
    assert shown.body.strip() == "记号1号。"
