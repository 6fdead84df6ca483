"""Later acts: what can be done about a notice and why not; what each says in the text."""

from datetime import date

import pytest

from portal.content.notice.notice_reader import Windows, read_notice
from portal.domain.notice import Kind
from portal.editorial.later_acts import amend, extend
from portal.editorial.possible_acts import LaterAct, acts_on
from portal.errors import Severity
from tests.editorial.conftest import at
from tests.sites import PINGDING, YUXIAN

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
    assert read_notice(folder(place), Windows(calendar)).notice.window.closes == date(2021, 12, 14)
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
