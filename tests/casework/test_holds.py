"""What the desk exports stops the list that the lint checks: both ends, no shared stand-in."""

from dataclasses import replace

import pytest

from portal.casework.approvals import Approvals, Proposal
from portal.casework.cases import find
from portal.casework.decisions import Ending
from portal.casework.handling import Casework
from portal.casework.holds import holds
from portal.casework.result_news import about_of
from portal.domain.objection import Outcome
from portal.domain.round_news import WHOLE_LIST
from portal.errors import Severity, Stage
from tests.casedesk import NOW, PINGDING, PINGDING_2, make_casedesk
from tests.lint import faulty

COMPANY = "平定县甲制造有限公司"


@pytest.fixture
def tree(site_from):
    return site_from(faulty.notice() + faulty.city())


@pytest.fixture
def desk(tree, sqlite_register, tmp_path):
    desk = make_casedesk(tmp_path / "state", sqlite_register)
    published = tree.catalogue()
    slug = next(n.slug for n in published.notices if n.county == "pingding")
    room = replace(desk.room, catalogue=lambda: published)
    for office in ("pingding-office", "city-office", "escrow"):
        desk.identities[office, slug] = desk.room.keys.make(office, slug)
    return replace(desk, room=room), slug


def errors(tree, desk):
    issues = tree.lint(Stage.PUBLISH, desk.room.holds, desk.room.signer().public)
    return [issue.code for issue in issues if issue.severity is Severity.ERROR]


def arrive(desk, slug, entries):
    return desk.arrive(slug, office="pingding-office", entries=entries)


@pytest.mark.parametrize("entries", [[COMPANY], []], ids=["an entry", "the whole list"])
def test_a_city_list_waits_for_the_objection_and_goes_on_when_it_is_rejected(tree, desk, entries):
    desk, slug = desk
    citizen = arrive(desk, slug, entries)
    work, approvals = Casework(desk.room), Approvals(desk.room)
    work.open(PINGDING, citizen.number, desk.opener("pingding-office", slug), NOW)
    assert "A008" in errors(tree, desk)
    work.accept(PINGDING, citizen.number, NOW)
    work.examine(PINGDING, citizen.number, NOW)
    work.reply(PINGDING, citizen.number, "答复", NOW)
    closing = Proposal(Ending.CLOSE, "结论", outcome=Outcome.REJECTED)
    approvals.propose(PINGDING, citizen.number, closing, NOW)
    assert "A008" in errors(tree, desk)
    approvals.confirm(PINGDING_2, citizen.number, NOW, unread=True)
    assert errors(tree, desk) == []


@pytest.mark.parametrize("whole", [True, False])
def test_the_whole_list_beside_an_entry_holds_the_whole_list(tree, desk, whole):
    desk, slug = desk
    citizen = desk.arrive(slug, office="pingding-office", entries=[COMPANY], whole=whole)
    Casework(desk.room).open(PINGDING, citizen.number, desk.opener("pingding-office", slug), NOW)
    with desk.room.register.read() as session:
        held = {entry.name for entry in holds(session, desk.room)}
        case = find(session, PINGDING, desk.room.main_office, citizen.number)
        about = about_of(case, {"组织"})
    listed = {entry.name for entry in desk.room.notice(slug).entries}
    assert held == (listed if whole else {COMPANY})
    assert about == (f"{COMPANY}、{WHOLE_LIST}" if whole else COMPANY)


def test_an_upheld_entry_never_goes_on(tree, desk):
    desk, slug = desk
    citizen = arrive(desk, slug, [COMPANY])
    work, approvals = Casework(desk.room), Approvals(desk.room)
    work.open(PINGDING, citizen.number, desk.opener("pingding-office", slug), NOW)
    work.accept(PINGDING, citizen.number, NOW)
    work.examine(PINGDING, citizen.number, NOW)
    work.reply(PINGDING, citizen.number, "答复", NOW)
    closing = Proposal(Ending.CLOSE, "结论", outcome=Outcome.UPHELD, entries=(COMPANY,))
    approvals.propose(PINGDING, citizen.number, closing, NOW)
    approvals.confirm(PINGDING_2, citizen.number, NOW, unread=True)
    assert "A008" in errors(tree, desk)
