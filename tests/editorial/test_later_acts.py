"""Later acts: what can be done about a notice and why not; what each says in the text."""

from datetime import date

import pytest

from portal.content.notice.basis import Basis
from portal.content.notice.notice_reader import read_notice
from portal.domain.notice import Kind
from portal.domain.round_news import Cause
from portal.editorial.beginnings import again
from portal.editorial.later_acts import amend, extend, report_result, revise, take_up
from portal.editorial.leaving import departures_named
from portal.editorial.possible_acts import LaterAct, acts_on
from portal.editorial.redacting import redact
from portal.errors import RequestError, Severity
from portal.ledger.ledger_lines import LEDGER_NAME, read_ledger
from tests.editorial.conftest import at
from tests.recording import record
from tests.sites import PINGDING, YUXIAN
from tests.thirdaward import EDITIONS

OFFICES = ("pingding-office",)


def reasons(place, when, offices=OFFICES):
    catalogue = place.tree.catalogue()
    notice = catalogue.notice("pingding-list")
    return {one.act: one.reason for one in acts_on(catalogue, notice, offices, when)}


def folder(place):
    return place.tree.root / "notices" / "pingding-list"


def test_an_open_window_can_be_extended_and_is_not_publicised_again(office):
    found = reasons(office(PINGDING), at("2021-12-09"))
    assert found[LaterAct.EXTEND] == found[LaterAct.REVISE] == ""
    assert "还没有满" in found[LaterAct.AGAIN]


def test_a_closed_window_is_not_extended_but_publicised_again(office):
    found = reasons(office(PINGDING), at("2021-12-13"))
    assert "公示期已满" in found[LaterAct.EXTEND]
    assert found[LaterAct.AGAIN] == ""


def test_after_a_withdrawal_only_personal_data_are_taken_out_or_a_new_list_made(office):
    place = office(PINGDING)
    place.place(amend(place.drafts, folder(place), Kind.WITHDRAWAL, "材料有误", at("2021-12-07")))
    found = reasons(place, at("2021-12-08"))
    assert {act for act, reason in found.items() if not reason} == {LaterAct.AGAIN, LaterAct.REDACT}


def test_it_is_the_issuers_affair_or_the_main_offices(office):
    place = office(PINGDING + YUXIAN)
    assert (
        "由平定县质量强县领导组办公室办理"
        in reasons(place, at("2021-12-09"), ("yuxian-office",)).values()
    )
    assert not reasons(place, at("2021-12-09"), ("city-office",))[LaterAct.REVISE]


def test_an_extension_says_so_in_the_text_and_stands_up_to_the_lint(office):
    dated = PINGDING.replace("予以公示。", "予以公示。\n\n公示时间：2021年12月6日至12月10日。")
    place = office(dated)
    draft = extend(
        place.drafts, folder(place), 2, "暴雪停止办公", at("2021-12-08"), around=place.around
    )
    assert draft.body.endswith(
        "公示期延长2个工作日，至2021年12月14日。延长的原因：暴雪停止办公。\n"
    )
    assert draft.values["note"] == "公示期延长2个工作日：暴雪停止办公"
    place.place(draft)
    calendar = place.tree.catalogue().calendar
    assert read_notice(folder(place), Basis(calendar, EDITIONS)).notice.window.closes == date(
        2021, 12, 14
    )
    assert [i for i in place.tree.lint() if i.severity is Severity.ERROR] == []


@pytest.mark.parametrize("kind", [Kind.CORRECTION, Kind.WITHDRAWAL])
def test_an_amendment_names_the_notice_its_day_and_the_reason(office, kind):
    place = office(PINGDING)
    draft = amend(
        place.drafts,
        folder(place),
        kind,
        "第2项应为“乙公司”\n1. 其余不变",
        at("2021-12-09"),
        around=place.around,
    )
    assert "2021年12月6日发布的《平定县第三届质量奖推荐名单公示》" in draft.body
    assert "第2项应为“乙公司”" in draft.body
    assert "1\\. 其余不变。" in draft.body
    place.place(draft)
    assert [i for i in place.tree.lint() if i.severity is Severity.ERROR] == []


def test_an_original_that_was_overwritten_is_given_back(office):
    place = office(PINGDING)
    record(place.tree.notices[0], copies=True)
    text = folder(place) / "notice.md"
    original = text.read_bytes()
    text.write_text(text.read_text(encoding="utf-8").replace("予以公示", "乱改"), encoding="utf-8")
    draft = revise(place.drafts, folder(place), "更正", at("2021-12-08"))
    assert (draft.folder / "revisions" / "1" / "notice.md").read_bytes() == original
    assert "乱改" not in draft.body  # a revision goes on from what is public
    assert draft.values["revision"] == 2


def test_one_that_is_nowhere_is_not_made_up(office):
    place = office(PINGDING)
    record(place.tree.notices[0])
    (folder(place) / "list.csv").write_text("类别,名称\n组织,别人\n", encoding="utf-8")
    with pytest.raises(RequestError, match="找不到“pingding-list”第1稿登记时的原文，请从备份恢复"):
        revise(place.drafts, folder(place), "更正", at("2021-12-08"))
    assert place.drafts.slugs() == ()


def test_a_next_text_that_waits_is_taken_up_as_it_is(office):
    place = office(PINGDING)
    record(place.tree.notices[0], copies=True)
    with pytest.raises(RequestError, match="没有等待的文本"):
        take_up(place.drafts, folder(place))
    digests = {1: {line.source for line in read_ledger(place.tree.notices[0] / LEDGER_NAME)}}
    redact(folder(place), digests, "赵六", "误登姓名", at("2021-12-08"))
    draft = take_up(place.drafts, folder(place))
    assert draft.values["revision"] == 2
    assert draft.text == (folder(place) / "notice.md").read_text(encoding="utf-8")
    place.drafts.discard(draft.slug, draft.digest)
    again_revised = revise(place.drafts, folder(place), "又改", at("2021-12-09"))
    assert again_revised.values["revision"] == 2  # nobody recorded the one in between
    assert sorted(p.name for p in (again_revised.folder / "revisions").iterdir()) == ["1"]


def test_a_second_publicity_begins_with_the_list_and_the_reason(office):
    place = office(PINGDING)
    notice = place.tree.catalogue().notice("pingding-list")
    draft = again(place.drafts, place.around, notice, "名单有误", at("2021-12-14"))
    assert draft.slug == "third-pingding"
    assert draft.body.startswith(
        "2021年12月6日发布的《平定县第三届质量奖推荐名单公示》，现重新公示，"
        "以本公告的名单为准。重新公示的原因：名单有误。\n\n经自愿申报"
    )
    assert "1个组织、1名个人予以公示" in draft.body
    place.place(draft)
    assert [i for i in place.tree.lint() if i.severity is Severity.ERROR] == []
    with pytest.raises(RequestError, match="原因"):
        again(place.drafts, place.around, notice, " ", at("2021-12-14"))


def test_a_result_begins_when_the_window_is_over_and_stands_up_to_the_lint(office):
    place = office(PINGDING)
    assert "还没有满" in reasons(place, at("2021-12-09"))[LaterAct.RESULT]
    assert reasons(place, at("2021-12-13"))[LaterAct.RESULT] == ""
    entry = place.tree.catalogue().notice("pingding-list").entries[0]
    left = departures_named([entry], f"{entry.name}，书面申请退出", Cause.WITHDREW)
    draft = report_result(
        place.drafts, folder(place), [], left, at("2021-12-13"), around=place.around
    )
    assert "公示期已满，现将异议的办理情况公布如下。" in draft.body
    place.place(draft)
    (told,) = place.tree.catalogue().notice(draft.slug).departures
    assert (told.name, told.why, told.reason) == (entry.name, Cause.WITHDREW, "书面申请退出")
    assert [i for i in place.tree.lint() if i.severity is Severity.ERROR] == []
    assert f"已有《{draft.title}》" in reasons(place, at("2021-12-14"))[LaterAct.RESULT]


def test_a_name_that_no_list_has_leaves_nothing(office):
    entries = office(PINGDING).tree.catalogue().notice("pingding-list").entries
    with pytest.raises(RequestError, match="不在以前发布的名单上"):
        departures_named(entries, "没有的公司，退出", Cause.WITHDREW)
