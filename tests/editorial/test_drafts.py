"""Drafts: what is saved can be read, nobody's text is overwritten unseen, nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.notice import Kind
from portal.domain.workdays import SHANGHAI
from portal.editorial.drafts import Drafts, NewerDraftError
from portal.editorial.later_acts import amend, extend, revise
from portal.errors import RequestError
from tests.sites import PINGDING

AT = datetime(2021, 12, 9, 10, tzinfo=SHANGHAI)
HEADER = {"title": "甲", "kind": "call", "edition": "third", "issuer": "city-office"}


@pytest.fixture
def drafts(tmp_path):
    return Drafts(tmp_path / "state" / "drafts")


@pytest.fixture
def published(site_from):
    return site_from(PINGDING).root / "notices" / "pingding-list"


def test_a_draft_is_a_notice_folder_and_nothing_else(drafts):
    draft = drafts.create("call", HEADER, "正文\n")
    assert sorted(path.name for path in draft.folder.iterdir()) == ["notice.md"]
    assert drafts.slugs() == ("call",)
    assert (draft.values, draft.body, draft.title) == (HEADER, "正文\n", "甲")


def test_a_save_that_meets_a_newer_one_writes_nothing_and_shows_it(drafts):
    first = drafts.create("call", HEADER, "正文\n")
    newer = drafts.save("call", first.digest, HEADER, "别人的\n")
    with pytest.raises(NewerDraftError) as caught:
        drafts.save("call", first.digest, HEADER, "我的\n")
    assert caught.value.current == newer
    assert drafts.read("call").body == "别人的\n"


def test_of_many_at_once_one_is_saved_and_all_others_are_told(drafts):
    seen = drafts.create("call", HEADER, "").digest

    def save(number):
        try:
            return drafts.save("call", seen, HEADER, f"{number}\n").body
        except NewerDraftError:
            return None

    with ThreadPoolExecutor(8) as pool:
        saved = [body for body in pool.map(save, range(24)) if body]
    assert saved == [drafts.read("call").body]


def test_a_list_and_files_are_part_of_what_is_signed(drafts):
    draft = drafts.create("call", HEADER, "")
    listed = drafts.save_list("call", draft.digest, "类别,名称\n组织,甲\n".encode())
    filed = drafts.save_file("call", listed.digest, "附件1.txt", b"1")
    assert len({draft.digest, listed.digest, filed.digest}) == 3
    again = drafts.save_file("call", filed.digest, "附件1.txt", None)
    assert drafts.save_list("call", again.digest, None).digest == draft.digest


@pytest.mark.parametrize("name", ["../notice.md", ".hidden", "a/b", "", "a\x00", "x" * 121])
def test_a_file_cannot_leave_its_folder(drafts, name):
    draft = drafts.create("call", HEADER, "")
    with pytest.raises(RequestError, match="附件名"):
        drafts.save_file("call", draft.digest, name, b"1")


@given(st.text(max_size=20))
def test_no_slug_leads_out_of_the_drafts(tmp_path_factory, slug):
    drafts = Drafts(tmp_path_factory.getbasetemp() / "any")
    try:
        folder = drafts.folder(slug)
    except RequestError:
        return
    assert folder.parent == drafts.root
    assert folder.name == slug


def test_what_is_discarded_is_kept_aside(drafts):
    for number in (1, 2):
        draft = drafts.create("call", HEADER, f"{number}\n")
        aside = drafts.discard("call", draft.digest)
        assert (aside / "notice.md").read_text().endswith(f"{number}\n")
    assert drafts.slugs() == ()


def test_a_revision_keeps_the_earlier_text_whole(drafts, published):
    before = {p.name: p.read_bytes() for p in published.iterdir()}
    draft = revise(drafts, published, "改正一处错字", AT)
    earlier = {p.name: p.read_bytes() for p in (draft.folder / "revisions" / "1").iterdir()}
    assert earlier == before
    assert draft.values["revision"] == 2
    assert draft.values["note"] == "改正一处错字"
    assert draft.values["updated"] == AT
    assert {p.name: p.read_bytes() for p in published.iterdir()} == before
    with pytest.raises(RequestError, match="草稿"):
        revise(drafts, published, "又一处", AT)


def test_an_extension_says_how_long_and_why(drafts, published):
    draft = extend(drafts, published, 2, "停电一天", AT)
    (item,) = draft.values["window"]["extensions"]
    assert item == {"working-days": 2, "reason": "停电一天", "decided": AT.date()}
    assert "停电一天" in draft.values["note"]
    with pytest.raises(RequestError, match="原因"):
        extend(drafts, published, 2, " ", AT)


@pytest.mark.parametrize("kind", [Kind.CORRECTION, Kind.WITHDRAWAL])
def test_a_correction_or_withdrawal_names_what_it_amends(drafts, published, kind):
    draft = amend(drafts, published, kind, "名单有误", AT)
    second = amend(drafts, published, kind, "名单又有误", AT)
    assert draft.values["amends"] == "pingding-list"
    assert draft.values["county"] == "pingding"
    assert draft.body == "名单有误\n"
    assert second.slug != draft.slug


def test_every_draft_begun_from_a_published_notice_has_no_fault_but_what_is_to_be_filled_in(
    drafts, site_from, published
):
    tree = site_from(PINGDING)
    begun = [
        extend(drafts, published, 1, "停电", AT),
        amend(drafts, published, Kind.CORRECTION, "名单有误，请以本公告为准。", AT),
    ]
    for draft in begun:
        target = tree.root / "notices" / draft.slug
        if target.exists():
            target.rename(tree.root / "replaced")
        draft.folder.rename(target)
    assert tree.faults() == []
