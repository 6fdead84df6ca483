"""However a site came to be what it is, its files are those of a build from nothing."""

import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.errors import BuildError, ContentError
from portal.freezer.published.trees import Trees
from portal.ledger.signing import new_key
from portal.ledger.siteproof import PROOF_FILES, sign_site
from tests.freezer.building import NOW, SITE, amendment, bench, decision, differences
from tests.freezer.samples import instant
from tests.sites import COUNTY_NOTICE, MINIMAL, SiteTree

SLUGS = ("call", "pingding-list", "yuxian-list", "decision-1", "decision-2", "extra-1", "extra-2")
DECISIONS = decision("decision-1", "2021-12-01T09:00", "先前公司") + decision(
    "decision-2", "2021-12-02T09:00", "后来公司"
)


class World:
    """A site that is edited as offices edit it, and the time that passes meanwhile."""

    def __init__(self, root):
        (root / "notices").mkdir()
        self.tree = SiteTree(root).write(MINIMAL).write(SITE).write(DECISIONS)
        self.bench = bench(self.tree)
        self.at = NOW
        self.count = 0

    def notice(self, slug):
        return self.tree.root / "notices" / slug / "notice.md"

    def replace(self, path, old, new):
        if path.exists():
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace(old, new), encoding="utf-8")

    def edit_body(self, slug):
        self.count += 1
        self.replace(self.notice(slug), "\n---\n", f"\n---\n第{self.count}次改动。\n\n")

    def edit_title(self, slug):
        self.count += 1
        self.replace(self.notice(slug), "title: ", f"title: 改{self.count}")

    def edit_list(self, slug):
        self.count += 1
        path = self.notice(slug).with_name("list.csv")
        if path.exists():
            text = path.read_text(encoding="utf-8")
            path.write_text(f"{text}组织,新增{self.count}公司,,\n", encoding="utf-8")

    def move_county(self, slug):
        self.replace(self.notice(slug), "county: pingding", "county: yuxian")

    def add(self, slug):
        if not self.notice(slug).exists():
            text = COUNTY_NOTICE.format(slug=slug, county="pingding", name="平定县")
            self.tree.write(text.replace("2021-12-06T08:30", "2021-12-09T08:30"))

    def remove(self, slug):
        amended = f"amends: {slug}\n"
        texts = self.tree.root.glob("notices/*/notice.md")
        if not any(amended in path.read_text(encoding="utf-8") for path in texts):
            shutil.rmtree(self.notice(slug).parent, ignore_errors=True)

    def rename(self, slug):
        target = self.notice("renamed").parent
        if self.notice(slug).exists() and not target.exists():
            shutil.copytree(self.notice(slug).parent, target)
            self.remove(slug)

    def correct(self, slug):
        self.amend(slug, "correction", "2021-12-08T09:00")

    def withdraw(self, slug):
        self.amend(slug, "withdrawal", "2021-12-10T09:00")

    def amend(self, slug, kind, published):
        if self.notice(slug).exists():
            self.tree.write(amendment(f"{slug}-{kind}", kind, slug, published))

    def pass_time(self, hours):
        self.at += timedelta(hours=hours)

    def edit_content(self, name):
        path = self.tree.root / "content" / name
        self.count += 1
        if name.endswith(".toml"):
            text = path.read_text(encoding="utf-8")
            renamed = text.replace('name = "', f'name = "改{self.count}', 1)
            path.write_text(renamed, encoding="utf-8")
        else:
            self.replace(path, "正文。", f"正文{self.count}。")


ON_NOTICES = [
    "edit_body",
    "edit_title",
    "edit_list",
    "move_county",
    "add",
    "remove",
    "rename",
    "correct",
    "withdraw",
]
STEPS = st.one_of(
    st.tuples(st.sampled_from(ON_NOTICES), st.sampled_from(SLUGS)),
    st.tuples(st.just("pass_time"), st.sampled_from([1, 20, 24, 120, -30])),
    st.tuples(
        st.just("edit_content"),
        st.sampled_from(["site.toml", "guide/01-background.md", "awards/third.toml"]),
    ),
)


@settings(
    max_examples=9,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rounds=st.lists(st.lists(STEPS, min_size=1, max_size=3), min_size=1, max_size=4))
def test_any_history_of_edits_gives_the_bytes_of_a_clean_build(rounds, tmp_path_factory):
    world = World(tmp_path_factory.mktemp("world"))
    world.bench.build(world.at)
    for steps in rounds:
        for name, argument in steps:
            getattr(world, name)(argument)
        world.bench.build(world.at, jobs=2)
    assert differences(world.bench.files(), world.bench.clean(world.at)) == []
    result = world.bench.build(world.at)
    assert (result.rendered, result.written, result.removed) == (0, 0, 0)


@pytest.fixture
def built(site_from):
    made = bench(site_from(SITE))
    made.build()
    return made


def edit(made, slug, old, new):
    path = made.tree.root / "notices" / slug / "notice.md"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def changed_by(made, act, at=NOW):
    """Files that a build after `act` writes differently, with the build's own account."""
    before = made.files()
    act()
    result = made.build(at)
    after = made.files()
    assert differences(after, made.clean(at)) == []
    changed = differences(before, after)
    assert result.written + result.removed == len(changed)
    return changed, result


def test_nothing_is_rendered_when_nothing_changed(built):

    def state():
        found = ((path, path.stat()) for path in built.out.rglob("*"))
        return {path: (stat.st_ino, stat.st_ctime_ns) for path, stat in found}

    before = state()
    result = built.build()
    assert (result.rendered, result.pages) == (0, len(built.files()))
    assert state() == before


def test_signing_the_site_is_no_change_and_never_outlives_one(built, tmp_path):
    key = new_key(tmp_path / "key.pem", None)
    for text in ("再次予以公示", "第三次予以公示", "第四次予以公示"):
        sign_site(built.out, key, NOW)
        result = built.build()
        assert (result.rendered, result.full) == (0, "")
        assert set(built.files()) >= PROOF_FILES
        page = built.tree.root / "notices" / "pingding-list" / "notice.md"
        page.write_text(page.read_text(encoding="utf-8") + f"\n{text}。\n", encoding="utf-8")
        assert built.build().full == ""
        assert not PROOF_FILES & set(built.files())


def test_an_edited_text_rewrites_its_page_and_its_feeds_only(built):
    changed, result = changed_by(
        built, lambda: edit(built, "pingding-list", "予以公示", "再次予以公示")
    )
    feeds = [name for name in changed if name.startswith("feeds/")]
    assert len(feeds) == 9  # all, its kind and its county, in three formats
    others = sorted(set(changed) - set(feeds))
    # The data files state the fingerprint of the text they belong to.
    assert others == [
        "notices/pingding-list/index.html",
        "notices/pingding-list/list.json",
        "notices/pingding-list/list.xlsx",
    ]
    assert result.full == ""
    assert result.rendered < 40


def test_one_more_notice_touches_only_the_lists_it_stands_in(built):
    text = COUNTY_NOTICE.format(slug="more", county="pingding", name="平定县")
    changed, result = changed_by(built, lambda: built.tree.write(text))
    assert "notices/more/index.html" in changed
    assert "notices/county/pingding/index.html" in changed
    assert "notices/county/yuxian/index.html" not in changed
    assert "notices/yuxian-list/index.html" not in changed
    assert "feeds/county/yuxian.rss.xml" not in changed
    assert not any(name.startswith(("guide/", "faq/", "static/")) for name in changed)
    assert result.full == ""


def test_archive_pages_stay_as_they_are_when_notices_are_added(site_from):
    from tests.freezer.building import CALL

    def call(number):
        day = instant("2021-01-01T09:00") + timedelta(days=number)
        text = CALL.replace("notices/call", f"notices/call-{number:03}")
        return text.replace("2021-10-08T09:00:00+08:00", day.isoformat())

    made = bench(site_from("".join(call(number) for number in range(45))))
    made.build()
    changed, _ = changed_by(made, lambda: made.tree.write(call(45)))
    assert "notices/index.html" in changed
    assert not [name for name in changed if "/page/" in name]


def test_the_winners_are_those_of_the_newest_decision_that_stands(built):
    """An edit of another decision does not touch them; a withdrawal leads to the one before."""
    page = built.out / "winners/third/index.html"
    changed_by(built, lambda: built.tree.write(DECISIONS))
    assert "后来公司" in page.read_text(encoding="utf-8")
    _, result = changed_by(built, lambda: edit(built, "decision-1", "决定如下", "现决定如下"))
    unrelated = result.rendered
    _, result = changed_by(built, lambda: edit(built, "decision-2", "决定如下", "现决定如下"))
    # /winners/, the edition's own page, the winner's, and the sitemap that names it
    assert result.rendered == unrelated + 4
    withdrawal = amendment("w", "withdrawal", "decision-2", "2021-12-03T09:00")
    changed, _ = changed_by(built, lambda: built.tree.write(withdrawal))
    assert "winners/third/index.html" in changed
    assert "先前公司" in page.read_text(encoding="utf-8")
    assert "后来公司" not in page.read_text(encoding="utf-8")


def test_a_closing_window_renders_the_pages_that_show_it(built):
    closing = instant("2021-12-11T00:00")
    built.build(closing - timedelta(minutes=1))
    changed, result = changed_by(built, lambda: None, closing)
    assert "notices/pingding-list/index.html" in changed
    assert "notices/call/index.html" not in changed
    assert not any(name.startswith(("guide/", "static/")) for name in changed)
    assert result.full == ""


def test_the_next_change_is_told_and_nothing_happens_before_it(built):
    due = built.build().next_change
    assert due == instant("2021-12-08T00:00")  # the days left of an open window
    assert built.build(due - timedelta(seconds=1)).rendered == 0
    assert built.build(due).rendered > 0
    after = built.build(instant("2022-05-01T00:00"))
    assert after.next_change is None


def test_a_notice_dated_ahead_goes_up_at_its_time(built):
    text = COUNTY_NOTICE.format(slug="ahead", county="yuxian", name="盂县")
    built.tree.write(text.replace("2021-12-06T08:30", "2021-12-07T18:00"))
    result = built.build()
    assert "notices/ahead/index.html" not in built.files()
    assert result.next_change == instant("2021-12-07T18:00")
    changed, _ = changed_by(built, lambda: None, instant("2021-12-07T18:00"))
    assert "notices/ahead/index.html" in changed


def test_what_is_gone_is_removed_with_its_folder(built):
    folder = built.tree.root / "notices" / "yuxian-list"
    changed, result = changed_by(built, lambda: shutil.rmtree(folder))
    assert result.removed > 0
    assert not (built.out / "notices" / "yuxian-list").exists()
    assert "notices/yuxian-list/index.html" in changed


@pytest.mark.parametrize(
    "touch",
    [
        lambda out: (out / "index.html").write_text("改过的首页", encoding="utf-8"),
        lambda out: (out / "extra.html").write_text("多出的文件", encoding="utf-8"),
        lambda out: (out / "robots.txt").unlink(),
        shutil.rmtree,
    ],
    ids=["edited", "added", "removed", "gone"],
)
def test_an_output_that_was_touched_is_built_anew_and_the_build_says_so(built, touch):
    touch(built.out)
    result = built.build()
    assert result.full
    assert built.reporter.notes[-1] == result.full
    assert differences(built.files(), built.clean()) == []


def test_changed_site_settings_render_everything(built):
    path = built.tree.root / "content" / "site.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("2880836", "2880837"), encoding="utf-8"
    )
    assert "站点设置" in built.build().full
    assert differences(built.files(), built.clean()) == []


def test_a_change_of_the_edition_reaches_every_notice_though_the_first_build_failed(built):
    call = built.tree.root / "notices" / "call" / "notice.md"
    good = call.read_text(encoding="utf-8")
    call.write_text("没有信息头", encoding="utf-8")
    edition = built.tree.root / "content" / "awards" / "third.toml"
    text = edition.read_text(encoding="utf-8")
    edition.write_text(f"demonstration = true\n{text}", encoding="utf-8")
    with pytest.raises(ContentError):
        built.build()
    call.write_text(good, encoding="utf-8")
    built.build()
    assert differences(built.files(), built.clean()) == []
    assert "演示" in built.files()["notices/yuxian-list/index.html"].decode()


def test_the_site_stays_when_the_first_change_cannot_be_prepared(built, monkeypatch):
    before = built.files()
    edit(built, "yuxian-list", "予以公示", "再次予以公示")
    with monkeypatch.context() as patch:
        patch.setattr(Trees, "link_afresh", lambda _: os._exit(9))
        with pytest.raises(BuildError, match="意外退出"):
            built.build()
    assert differences(built.files(), before) == []
    assert built.build().written > 0
    assert differences(built.files(), built.clean()) == []


def test_an_unreadable_record_is_no_reason_to_fail(built):
    [record] = built.cache.glob("*.sqlite")
    record.write_bytes(b"no database" * 1000)
    assert built.build().full
    assert differences(built.files(), built.clean()) == []


def test_other_formats_add_and_remove_files_and_the_links_to_them(built):
    every = built.files()
    only = frozenset({"html"})
    assert "设置" in built.build(formats=only).full
    assert set(every) - set(built.files()) == {
        name
        for name in every
        if name.startswith(("feeds/", "data/"))
        or name.endswith((".csv", "list.json", ".xlsx", ".ics", "/traces/index.html"))
    }
    assert b"list.csv" in every["notices/yuxian-list/index.html"]
    assert b"list.csv" not in built.files()["notices/yuxian-list/index.html"]
    assert differences(built.files(), built.clean(formats=only)) == []
    built.build()
    assert differences(built.files(), every) == []


def test_an_added_attachment_is_published_and_a_removed_one_is_gone(built):
    folder = built.tree.root / "notices" / "call" / "files"

    def add():
        folder.mkdir()
        (folder / "附件 一.txt").write_text("附件", encoding="utf-8")

    assert "notices/call/files/附件 一.txt" in changed_by(built, add)[0]
    changed, result = changed_by(built, lambda: shutil.rmtree(folder))
    assert "notices/call/files/附件 一.txt" in changed
    assert result.full == ""


def test_a_self_check_that_comes_reaches_every_page_and_one_that_changes_only_its_own(built):
    path = built.tree.root / "content" / "self-check.yml"
    shutil.copy(Path(__file__).parents[2] / "content" / "self-check.yml", path)
    assert built.build().full
    assert "/check/" in built.files()["notices/yuxian-list/index.html"].decode()
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("title: ", "title: 新", 1), encoding="utf-8")
    assert built.build().full == ""
    assert differences(built.files(), built.clean()) == []


def test_an_edit_makes_no_other_notice_s_documents_anew(built):
    pages, every = frozenset({"html"}), frozenset({"html", "documents"})
    rendered = []
    for formats in (pages, every):
        built.build(formats=formats)
        edit(built, "call", "。", "！。")
        rendered.append(built.build(formats=formats).rendered)
    assert rendered[1] == rendered[0] + 2  # its own PDF and Word file
    assert differences(built.files(), built.clean(formats=every)) == []
