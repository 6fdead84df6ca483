"""Content other than notices goes the way of the three acts, and stands as it was approved."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.casework.audit import Action
from portal.casework.models import AuditLine
from portal.content.content_files import CONTENT_NAME, content_files
from portal.content.loader import load
from portal.domain.identifiers import SLUG
from portal.editorial.content_checks import check_content, content_preview
from portal.editorial.content_drafts import NewerContentError, dated_now
from portal.editorial.draft_acts import Step
from portal.errors import BuildError, RequestError
from tests.editing import AT, OFFICERS, press
from tests.lint.faulty import ANNEX
from tests.sites import PINGDING, SiteTree

ABOUT, SITE, FORM = "content_pages_about", "content_site", "content_annexes_form"
SOUND = ANNEX.replace("‸", "").replace("    - {label: 名称, field: name}\n", "", 1)


@pytest.fixture
def desk(site_from, sqlite_register):
    tree = site_from(PINGDING + SOUND).record()
    made = press(tree, sqlite_register)
    site = made.job.site

    def build(at) -> str:
        made.builds.append(at.isoformat())
        shown = load(tree.content, tree.notices)
        for address, text in {
            "": shown.site.host,
            "about/": shown.pages["about"].body,
            "downloads/": "".join(annex.title for annex in shown.annexes),
        }.items():
            (site / address).mkdir(parents=True, exist_ok=True)
            (site / address / "index.html").write_text(text, encoding="utf-8")
        return ""

    object.__setattr__(made.job, "build", build)
    return made


def contents(desk):
    return desk.editing.reviews.contents


def edit(desk, name, *change, who="drafter"):
    """Save as the desk does: the writer is noted first."""
    reviews = desk.editing.reviews
    contents(desk).begin(name)
    reviews.writing(OFFICERS[who], name, desk.clock())
    draft = contents(desk).read(name)
    assert change[0] in draft.text
    return contents(desk).save(name, draft.digest, draft.text.replace(*change))


def file(desk, path):
    return (desk.tree.content[0] / path).read_text(encoding="utf-8")


def test_what_three_people_approved_stands_there_and_is_on_record(desk):
    draft = edit(desk, ABOUT, "\n---\n", "\n---\n新的一段话。\n")
    desk.editing.all_three(ABOUT, desk.clock())
    assert "新的一段话" not in file(desk, "pages/about.md")
    assert desk.run() == []
    assert file(desk, "pages/about.md") == draft.text
    assert "新的一段话" in (desk.job.site / "about/index.html").read_text(encoding="utf-8")
    assert desk.editing.state(ABOUT) == "published"
    assert desk.progress(ABOUT) == "published"
    assert [e.split()[0] for e in desk.events(ABOUT) if e.endswith("done")] == [
        *("take", "lint", "place", "build", "sign", "deliver", "compare", "close")
    ]
    with desk.editing.reviews.register.read() as session:
        lines = [one for one in session.query(AuditLine) if ABOUT in one.detail]
    wanted = (Action.DRAFT_SEND, Action.DRAFT_PASS, Action.DRAFT_SIGN_OFF, Action.PUBLISH)
    assert [line.action for line in lines] == [action.value for action in wanted]
    assert hashlib.sha256(draft.text.encode()).hexdigest() in lines[-1].detail


def test_a_change_takes_the_acts_back(desk):
    edit(desk, ABOUT, "\n---\n", "\n---\n新的一段话。\n")
    desk.editing.send(ABOUT)
    desk.editing.pass_on(ABOUT)
    edit(desk, ABOUT, "新的", "另外的")
    standing = desk.editing.reviews.standing(ABOUT, AT)
    assert standing.state.value == "drafting"
    assert [lapse.act.act for lapse in standing.lapsed] == [Step.SEND, Step.PASS]


@pytest.mark.parametrize("who", ["county", "other", "nobody", "auditor"])
def test_no_act_is_open_to_anybody_else(desk, who):
    edit(desk, ABOUT, "\n---\n", "\n---\n新的一段话。\n")
    for before in (lambda: None, lambda: desk.editing.send(ABOUT)):
        before()
        refused = desk.editing.reviews.refusals(OFFICERS[who], ABOUT, AT)
        assert all(refused.values()), refused
    assert desk.editing.reviews.standings(OFFICERS["county"], AT) == ()


def test_a_save_against_a_newer_one_writes_nothing(desk):
    seen = contents(desk).begin(ABOUT).digest
    edit(desk, ABOUT, "\n---\n", "\n---\n甲写的。\n")
    with pytest.raises(NewerContentError) as caught:
        contents(desk).save(ABOUT, seen, "乙写的。\n")
    assert "甲写的" in caught.value.current.text
    assert "甲写的" in contents(desk).read(ABOUT).text


def test_a_file_that_changed_meanwhile_is_not_overwritten(desk):
    edit(desk, ABOUT, "\n---\n", "\n---\n新的一段话。\n")
    desk.editing.all_three(ABOUT, desk.clock())
    by_hand = file(desk, "pages/about.md") + "\n手工加的。\n"
    (desk.tree.content[0] / "pages/about.md").write_text(by_hand, encoding="utf-8")
    assert "有改动" in desk.run()[0]
    assert file(desk, "pages/about.md") == by_hand
    assert desk.editing.state(ABOUT) == "returned"
    draft = contents(desk).read(ABOUT)
    assert draft.overtaken
    assert not contents(desk).renew(ABOUT, draft.digest).overtaken


def test_what_makes_a_notice_faulty_is_given_back(desk):
    edit(desk, SITE, "[counties.yuxian]", "[counties.yuxian2]")
    (problem,) = [r for r in _remarks(desk, SITE) if r.error][:1]
    assert problem.line
    edit(desk, SITE, 'county = "yuxian"', 'county = "yuxian2"')
    assert not any(remark.error for remark in _remarks(desk, SITE))
    edit(desk, SITE, "[counties.pingding]", "[counties.pd]")
    edit(desk, SITE, 'county = "pingding"', 'county = "pd"')
    assert not any(remark.error for remark in _remarks(desk, SITE))
    before = file(desk, "site.toml")
    desk.editing.all_three(SITE, desk.clock())
    assert "pingding" in desk.run()[0]
    assert file(desk, "site.toml") == before
    assert desk.builds == []
    assert desk.editing.state(SITE) == "returned"


def _remarks(desk, name):
    return check_content(contents(desk).read(name), desk.job.around, AT)


def test_a_build_that_fails_puts_the_old_file_back_and_is_tried_again(desk):
    before, build = file(desk, "pages/about.md"), desk.job.build
    draft = edit(desk, ABOUT, "\n---\n", "\n---\n新的一段话。\n")
    desk.editing.all_three(ABOUT, desk.clock())

    def broken(_at):
        assert file(desk, "pages/about.md") == draft.text
        raise BuildError("磁盘满了")

    object.__setattr__(desk.job, "build", broken)
    assert "磁盘满了" in desk.run()[0]
    assert file(desk, "pages/about.md") == before
    assert desk.progress(ABOUT) == "failed"
    object.__setattr__(desk.job, "build", build)
    assert desk.run() == []
    assert file(desk, "pages/about.md") == draft.text


def test_without_the_key_nothing_is_touched(desk):
    before = file(desk, "pages/about.md")
    edit(desk, ABOUT, "\n---\n", "\n---\n新的一段话。\n")
    desk.editing.all_three(ABOUT, desk.clock())
    object.__setattr__(desk.job, "key", None)
    assert "没有解锁" in desk.run()[0]
    assert file(desk, "pages/about.md") == before


def test_a_form_that_changed_is_a_new_version_and_the_former_stays(desk):
    former = file(desk, "annexes/form.yml")
    draft = contents(desk).begin(FORM)
    assert 'version: "2"' in draft.text
    assert any(remark.error for remark in _remarks(desk, FORM))  # what changed is not said yet
    edit(desk, FORM, 'changes: ""', "changes: 标题更正。")
    edit(desk, FORM, "title: 表\nshort", "title: 申报表\nshort")
    assert not any(remark.error for remark in _remarks(desk, FORM))
    edit(desk, FORM, 'version: "2"', 'version: "1"')
    assert [remark.issue.code for remark in _remarks(desk, FORM) if remark.error] == ["X003"]
    edit(desk, FORM, 'version: "1"', 'version: "1.1"')
    desk.editing.all_three(FORM, desk.clock())
    assert desk.run() == []
    assert file(desk, "annexes/earlier/form-1.yml") == former
    (annex,) = load(desk.tree.content, desk.tree.notices).annexes
    assert [one.version for one in annex.versions] == ["1.1", "1"]


def test_killed_at_any_instant_the_old_file_stands_or_the_new_one(desk):
    before = file(desk, "pages/about.md")
    draft = edit(desk, ABOUT, "\n---\n", "\n---\n新的一段话。\n")
    desk.editing.all_three(ABOUT, desk.clock())
    fuse = 0
    while desk.killed_at(fuse):
        assert file(desk, "pages/about.md") in (before, draft.text)
        fuse += 1
    assert fuse > 8
    assert desk.run() == []
    assert file(desk, "pages/about.md") == draft.text
    assert desk.editing.state(ABOUT) == "published"
    assert not desk.editing.reviews.drafts.folder(ABOUT).exists()


def test_a_preview_shows_the_draft_and_the_rest_as_it_is(desk):
    edit(desk, ABOUT, "\n---\n", "\n---\n新的一段话。\n")
    base = load(desk.tree.content, desk.tree.notices)
    shown = content_preview(contents(desk).read(ABOUT), desk.job.around, base)
    assert "新的一段话" in shown.pages["about"].body
    assert shown.notice("pingding-list") is not None
    assert "新的一段话" not in base.pages["about"].body
    contents(desk).begin(FORM)
    assert content_preview(contents(desk).read(FORM), desk.job.around, base) is None
    edit(desk, FORM, 'changes: ""', "changes: 标题更正。")
    shown = content_preview(contents(desk).read(FORM), desk.job.around, base)
    assert shown.annexes[0].title == "【预览】表"


def test_the_day_of_change_follows_a_change_and_nothing_else(desk):
    name = next(f.name for f in contents(desk).files() if f.path.startswith("guide/"))
    draft = contents(desk).begin(name)
    assert dated_now(draft, AT.date()) == draft.text
    edit(desk, name, "\n---\n", "\nupdated: 2021-01-01\n---\nupdated: 2021-01-01\n")
    text = dated_now(contents(desk).read(name), AT.date())
    assert text.count("updated: 2026-03-04") == 1
    assert text.count("updated: 2021-01-01") == 1


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    from tests.sites import MINIMAL

    return SiteTree(tmp_path_factory.mktemp("site")).write(MINIMAL)


@given(st.text() | st.sampled_from(["content_", "content_..", "content_site_", "../site.toml"]))
def test_no_other_name_reaches_a_file(tree, text):
    kinds = load(tree.content, tree.notices).kinds if not text else ()
    known = {one.name: one for one in content_files(tree.content[0], kinds)}
    assert all(CONTENT_NAME.fullmatch(name) and not SLUG.fullmatch(name) for name in known)
    assert len({one.path for one in known.values()}) == len(known)
    if text not in known:
        from portal.editorial.content_drafts import ContentDrafts
        from portal.editorial.drafts import Drafts

        drafts = ContentDrafts(Drafts(tree.root / "drafts"), tree.content[0], lambda: kinds)
        with pytest.raises(RequestError):
            drafts.begin(text)
        assert not (tree.root / "drafts").exists()


NEXT = "content_awards_fourth"


def next_edition(desk):
    reviews = desk.editing.reviews
    earlier = load(desk.tree.content, desk.tree.notices).editions["third"]
    draft = contents(desk).begin_edition(earlier, "fourth", "第四届")
    reviews.writing(OFFICERS["drafter"], NEXT, desk.clock())
    return draft


def test_a_new_edition_goes_the_same_way_and_keeps_what_stood_for_the_one_before(desk):
    draft = next_edition(desk)
    assert draft.file.name in {file.name for file in contents(desk).files()}
    guide = {path.name for path in (desk.tree.content[0] / "guide").iterdir()}
    desk.editing.all_three(NEXT, desk.clock())
    assert not (desk.tree.content[0] / "former").exists()
    assert desk.run() == []
    assert "第四届" in file(desk, "awards/fourth.toml")
    kept = desk.tree.content[0] / "former" / "third" / "guide"
    assert {path.name for path in kept.iterdir()} == guide
    shown = load(desk.tree.content, desk.tree.notices)
    assert [one.slug for one in shown.former] == ["third"]
    with pytest.raises(RequestError, match="已经有了"):
        next_edition(desk)


def test_a_new_edition_with_which_the_site_cannot_be_built_leaves_nothing(desk):
    next_edition(desk)
    desk.editing.all_three(NEXT, desk.clock())

    def fails(at):
        raise BuildError("不能生成")

    object.__setattr__(desk.job, "build", fails)
    desk.run()
    assert not (desk.tree.content[0] / "awards" / "fourth.toml").exists()
    assert not (desk.tree.content[0] / "former").exists()


@pytest.mark.parametrize(
    "name", ["content_awards_fifth", "content_awards_..", "content_awards_a_b"]
)
def test_an_edition_that_nobody_began_is_no_file_to_edit(desk, name):
    with pytest.raises(RequestError):
        contents(desk).begin(name)
