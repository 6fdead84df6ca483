"""Three acts by three accounts, each bound to the bytes that its person had before them."""

import json
from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import select

from portal.casework.audit import verify
from portal.casework.models import AuditLine, Staff
from portal.casework.people import CodeProof
from portal.editorial.draft_acts import Step
from portal.editorial.review import ChangedError
from portal.errors import RequestError
from tests.editing import AT, CALL, CHECKS, OFFICERS

HOUR = timedelta(hours=1)
TICKED = {check.slug for check in CHECKS}


def county_draft(desk, slug="pd-new", **more):
    values = {**CALL, "kind": "county-publicity", "issuer": "pingding-office", "county": "pingding"}
    return desk.reviews.drafts.create(slug, {**values, **more}, "名单如下。\n")


def test_three_people_bring_a_draft_to_its_sign_off(desk):
    assert desk.state("call") == "drafting"
    desk.send("call")
    assert desk.state("call") == "in-review"
    desk.pass_on("call")
    assert desk.state("call") == "passed"
    shown = desk.sign("call")
    assert desk.state("call") == "approved"
    assert "drafted: 经甲, reviewed: 审乙, approved: 签丙" in shown.text
    standing = desk.reviews.standing("call", AT)
    assert [act.act for act in standing.history] == ["send", "pass", "sign-off"]
    assert standing.signed.digest == shown.digest


def test_every_act_is_in_the_audit_trail_without_what_was_said(desk):
    desk.send("call")
    desk.reviews.comment(OFFICERS["reviewer"], "call", "title", "标题里有秘密", AT)
    seen = desk.seen("call")
    desk.reviews.give_back(OFFICERS["reviewer"], "call", seen, "退回的秘密", AT)
    desk.send("call")
    desk.reviews.recall(OFFICERS["drafter"], "call", "撤回的秘密", AT)
    with desk.reviews.register.read() as session:
        verify(session)
        lines = session.scalars(select(AuditLine).order_by(AuditLine.seq)).all()
    assert [line.action for line in lines] == [
        "draft-send",
        "draft-return",
        "draft-send",
        "draft-recall",
    ]
    assert all(json.loads(line.detail) == {"draft": "call", "seen": seen} for line in lines)


@pytest.mark.parametrize("who", list(permutations(["drafter", "reviewer", "signer"])))
def test_no_one_does_two_of_the_three(desk, who):
    first, second, third = who
    desk.send("call", first)
    with pytest.raises(RequestError, match="另一人"):
        desk.pass_on("call", first)
    desk.pass_on("call", second)
    for again in (first, second):
        with pytest.raises(RequestError, match=r"另一人|不同的人"):
            desk.sign("call", again)
    desk.sign("call", third)


def test_who_wrote_even_once_neither_passes_nor_signs(desk):
    desk.edit("call", "改过。\n", "reviewer")
    desk.edit("call", "又改回去。\n", "signer")
    desk.send("call")
    for step, who in ((Step.PASS, "reviewer"), (Step.PASS, "signer")):
        assert "另一人" in desk.reviews.refusals(OFFICERS[who], "call", AT)[step]


def test_two_accounts_of_one_name_are_not_two_people(desk):
    desk.send("call")
    with pytest.raises(RequestError, match="同名"):
        desk.pass_on("call", "namesake")


def test_who_has_no_right_or_is_an_auditor_does_nothing(desk):
    for who in ("nobody", "auditor"):
        refused = desk.reviews.refusals(OFFICERS[who], "call", AT)
        assert all("权限" in why for why in refused.values())
        with pytest.raises(RequestError, match="权限"):
            desk.reviews.writing(OFFICERS[who], "call", AT)


def test_a_right_taken_away_or_an_account_shut_counts_at_once(desk):
    desk.send("call")
    with desk.reviews.register.write() as session:
        session.scalar(select(Staff).where(Staff.username == "reviewer")).may = "draft"
        session.scalar(select(Staff).where(Staff.username == "signer")).disabled = True
    with pytest.raises(RequestError, match="权限"):
        desk.pass_on("call")
    with pytest.raises(RequestError, match="停用"):
        desk.pass_on("call", "signer")


def test_any_change_takes_back_what_was_passed_and_says_whose(desk):
    desk.send("call")
    desk.pass_on("call")
    desk.edit("call", "改了一个字。\n", at=AT + HOUR)
    standing = desk.reviews.standing("call", AT + HOUR)
    assert standing.state.value == "drafting"
    assert [lapse.act.username for lapse in standing.lapsed] == ["drafter", "reviewer"]
    assert "审乙" in standing.lapsed[1].why
    assert "此后经甲于2026-03-04 11:00" in standing.lapsed[1].why
    with pytest.raises(RequestError, match="已失效"):
        desk.sign("call")


def test_a_change_outside_of_the_desk_is_told_too(desk):
    desk.send("call")
    path = desk.reviews.drafts.folder("call") / "notice.md"
    path.write_text(path.read_text() + "暗中加一句。\n")
    (lapse,) = desk.reviews.standing("call", AT).lapsed
    assert "工作台之外" in lapse.why


def test_names_typed_into_the_header_are_nobodys(desk):
    desk.send("call")
    draft = desk.reviews.drafts.read("call")
    typed = {**draft.values, "review": {"drafted": "假", "reviewed": "假", "approved": "假"}}
    desk.reviews.drafts.save("call", draft.digest, typed, draft.body)
    desk.pass_on("call")
    assert "假" not in desk.sign("call").text


def test_an_act_on_a_page_that_is_out_of_date_is_refused(desk):
    old = desk.seen("call")
    desk.edit("call", "新。\n")
    with pytest.raises(ChangedError):
        desk.reviews.send(OFFICERS["drafter"], "call", old, AT)
    desk.send("call")
    with pytest.raises(ChangedError):
        desk.reviews.pass_on(OFFICERS["reviewer"], "call", old, TICKED, AT)
    desk.pass_on("call")
    shown = desk.reviews.to_sign(OFFICERS["signer"], "call", AT)
    with pytest.raises(ChangedError):
        desk.reviews.sign_off(
            OFFICERS["signer"], "call", (shown.seen, "0" * 64), desk.proof("signer"), AT
        )
    assert desk.state("call") == "passed"


def test_a_sign_off_takes_a_code_that_was_just_given_by_that_person_and_used_for_nothing_else(desk):
    drafts = desk.reviews.drafts
    drafts.create("second", CALL, "另一份。\n")
    for slug in ("call", "second"):
        desk.send(slug)
        desk.pass_on(slug)
    signer = OFFICERS["signer"]

    def sign(slug, proof, at=AT):
        shown = desk.reviews.to_sign(signer, slug, at)
        desk.reviews.sign_off(signer, slug, (shown.seen, shown.digest), proof, at)

    for wrong in (desk.proof("reviewer"), CodeProof("signer", 99, AT)):
        with pytest.raises(RequestError, match="动态口令"):
            sign("call", wrong)
    good = desk.proof("signer")
    with pytest.raises(RequestError, match="动态口令"):
        sign("call", good, AT + HOUR)
    sign("call", good)
    with pytest.raises(RequestError, match="动态口令"):
        sign("second", good)
    sign("second", desk.proof("signer"))


def test_every_check_is_ticked_and_a_missing_list_is_no_empty_one(desk):
    county_draft(desk)
    desk.send("pd-new")
    assert len(desk.reviews.required_checks("pd-new")) == 2
    seen = desk.seen("pd-new")
    with pytest.raises(RequestError, match="名单逐条核对过"):
        desk.reviews.pass_on(OFFICERS["reviewer"], "pd-new", seen, {"source"}, AT)
    object.__setattr__(desk.reviews, "checks", tuple)
    with pytest.raises(RequestError, match=r"review-checks\.yml"):
        desk.reviews.pass_on(OFFICERS["reviewer"], "pd-new", seen, {"source"}, AT)


def test_comments_have_a_place_and_are_settled_before_it_passes(desk):
    desk.send("call")
    number = desk.reviews.comment(OFFICERS["reviewer"], "call", "title", "标题太长", AT)
    (comment,) = desk.reviews.standing("call", AT).unsettled
    assert (comment.place, comment.text, comment.name) == ("title", "标题太长", "审乙")
    with pytest.raises(RequestError, match="1条意见"):
        desk.pass_on("call")
    with pytest.raises(RequestError, match="没有这条"):
        desk.reviews.settle(OFFICERS["drafter"], "call", number + 1, AT)
    desk.reviews.settle(OFFICERS["drafter"], "call", number, AT)
    desk.pass_on("call")


def test_what_was_returned_says_why_and_comes_again(desk):
    desk.send("call")
    desk.reviews.give_back(OFFICERS["reviewer"], "call", desk.seen("call"), "缺附件", AT)
    standing = desk.reviews.standing("call", AT)
    assert (standing.state.value, standing.returned.reason) == ("returned", "缺附件")
    assert [s.slug for s in desk.reviews.waiting_for(OFFICERS["drafter"], AT).returned] == ["call"]
    with pytest.raises(RequestError, match="退回"):
        desk.pass_on("call")
    desk.edit("call", "补上了。\n")
    desk.send("call")
    assert desk.state("call") == "in-review"


def test_a_signed_text_is_frozen_until_it_is_recalled(desk):
    later = AT + 24 * HOUR
    draft = desk.reviews.drafts.read("call")
    desk.reviews.drafts.save("call", draft.digest, {**CALL, "published": later}, draft.body)
    signing = desk.all_three("call")
    assert (signing.due, desk.state("call")) == (later, "scheduled")
    assert desk.state("call", later) == "approved"
    with pytest.raises(RequestError, match="先撤回签发"):
        desk.edit("call", "再改。\n")
    desk.reviews.recall(OFFICERS["reviewer"], "call", "发现错字", AT)
    desk.edit("call", "再改。\n")
    assert desk.state("call") == "drafting"


def test_a_time_long_past_is_not_signed(desk):
    desk.send("call")
    desk.pass_on("call")
    with pytest.raises(RequestError, match="实际的时间"):
        desk.reviews.to_sign(OFFICERS["signer"], "call", AT + 25 * HOUR)
    assert desk.reviews.to_sign(OFFICERS["signer"], "call", AT + HOUR).due == AT + HOUR


def test_a_countys_officer_touches_the_own_countys_drafts_only_however_they_are_named(desk):
    county_draft(desk)
    county_draft(desk, "by-the-city", issuer="city-office")
    county_draft(desk, "amends-the-city", amends="city-list")
    county_draft(desk, "yx-list")  # the name of another county's published notice
    own, other = OFFICERS["county"], OFFICERS["other"]
    assert desk.reviews.refusals(own, "pd-new", AT)[Step.SEND] == ""
    for slug in ("call", "by-the-city", "amends-the-city", "yx-list"):
        assert "您的单位" in desk.reviews.refusals(own, slug, AT)[Step.SEND]
    for slug in desk.reviews.drafts.slugs():
        assert "您的单位" in desk.reviews.refusals(other, slug, AT)[Step.SEND]
    assert [s.slug for s in desk.reviews.standings(own, AT)] == ["pd-new"]


def test_an_office_with_too_few_people_borrows_from_the_main_office(desk):
    county_draft(desk)
    desk.send("pd-new", "county")
    desk.pass_on("pd-new", "reviewer")
    assert desk.sign("pd-new", "signer").names.drafted == "县丁"


def test_each_sees_what_waits_for_them(desk):
    reviews = desk.reviews
    desk.send("call")
    assert [s.slug for s in reviews.waiting_for(OFFICERS["reviewer"], AT).to_review] == ["call"]
    assert reviews.waiting_for(OFFICERS["drafter"], AT).to_review == ()
    desk.pass_on("call")
    assert [s.slug for s in reviews.waiting_for(OFFICERS["signer"], AT).to_sign] == ["call"]
    assert reviews.waiting_for(OFFICERS["reviewer"], AT).to_sign == ()
    desk.sign("call")
    assert reviews.waiting_for(OFFICERS["signer"], AT).late == ()
    assert [s.slug for s in reviews.waiting_for(OFFICERS["signer"], AT + HOUR).late] == ["call"]


def test_two_on_one_draft_are_told_of_each_other(desk):
    assert desk.reviews.opened(OFFICERS["drafter"], "call", AT) == ()
    (hand,) = desk.reviews.opened(OFFICERS["reviewer"], "call", AT)
    assert (hand.name, hand.opened_at, hand.saved_at) == ("经甲", AT, None)
    desk.edit("call", "x\n", at=AT + HOUR)
    (hand,) = desk.reviews.opened(OFFICERS["reviewer"], "call", AT + HOUR)
    assert hand.saved_at == AT + HOUR
    assert desk.reviews.opened(OFFICERS["reviewer"], "call", AT + 2 * HOUR) == ()


def test_a_discarded_draft_is_aside_and_a_new_one_of_its_name_begins_anew(desk):
    desk.edit("call", "x\n", "reviewer")
    desk.reviews.discard(OFFICERS["drafter"], "call", desk.reviews.drafts.read("call").digest, AT)
    assert desk.state("call") == "discarded"
    desk.reviews.drafts.create("call", CALL, "从头来。\n")
    assert desk.state("call") == "drafting"
    desk.send("call")
    desk.pass_on("call", "reviewer")  # who wrote the former one only


def test_a_draft_whose_header_is_broken_is_the_main_offices_to_mend(desk):
    (desk.reviews.drafts.folder("call") / "notice.md").write_text("坏")
    assert desk.state("call") == "drafting"
    assert "您的单位" in desk.reviews.refusals(OFFICERS["county"], "call", AT)[Step.WRITE]
    assert desk.reviews.refusals(OFFICERS["drafter"], "call", AT)[Step.WRITE] == ""
