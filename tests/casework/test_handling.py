import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from portal.casework.approvals import Approvals, Proposal
from portal.casework.audit import Action, verify
from portal.casework.cases import NoSuchCaseError, Query, find, search
from portal.casework.correspondence import dispatch
from portal.casework.decisions import Ending
from portal.casework.handling import Casework, read_contents
from portal.casework.handover import hand_over
from portal.casework.models import AuditLine, Case, Staff
from portal.casework.retention import check_store, due_for_deletion
from portal.casework.second_reading import open_copy, shared_parts
from portal.domain.objection import (
    AnswerKind,
    CaseState,
    MessageKind,
    NonAcceptance,
    Outcome,
)
from portal.errors import RequestError, SealError
from portal.sealed.signed_answers import Proof, proof_of
from tests.casedesk import (
    CITY,
    CITY_2,
    FACTS,
    NOW,
    PINGDING,
    PINGDING_2,
    SUPERVISOR,
    YUXIAN,
    with_retention,
)


def case_of(desk, citizen):
    with desk.room.register.read() as session:
        return session.scalar(select(Case).where(Case.number == citizen.number))


def holds(desk):
    return json.loads(desk.room.holds.read_text(encoding="utf-8"))["holds"]


def to_examining(desk, citizen, person=PINGDING):
    work = Casework(desk.room)
    work.open(person, citizen.number, desk.opener(citizen.office, citizen.notice), NOW)
    work.accept(person, citizen.number, NOW)
    work.examine(person, citizen.number, NOW)
    return work


def closing(outcome, entries=()):
    return Proposal(Ending.CLOSE, "经核查，结论如上。", outcome=outcome, entries=tuple(entries))


def test_a_case_runs_from_arrival_to_the_end_and_the_citizen_reads_each_step(casedesk):
    citizen = casedesk.arrive()
    work = to_examining(casedesk, citizen)
    work.ask(PINGDING, citizen.number, "请提供处罚决定书文号", NOW)
    casedesk.follow_up(citizen, text="文号见附件", files=[("决定书.pdf", b"%PDF-1.4")])
    casedesk.collect()
    work.open(PINGDING, citizen.number, casedesk.opener(citizen.office, citizen.notice), NOW)
    work.reply(PINGDING, citizen.number, "经核查，您反映的情况不属实。", NOW)
    approvals = Approvals(casedesk.room)
    approvals.propose(PINGDING, citizen.number, closing(Outcome.REJECTED), NOW)
    approvals.confirm(PINGDING_2, citizen.number, NOW, unread=True)

    answers = casedesk.inbox_of(citizen)
    assert [(a.kind, a.state) for a in answers] == [
        (AnswerKind.STATUS, CaseState.ACCEPTED),
        (AnswerKind.STATUS, CaseState.EXAMINING),
        (AnswerKind.QUESTION, CaseState.EXAMINING),
        (AnswerKind.REPLY, CaseState.EXAMINING),
        (AnswerKind.STATUS, CaseState.CLOSED),
    ]
    assert answers[2].text == "请提供处罚决定书文号"
    assert answers[3].text == "经核查，您反映的情况不属实。"
    assert answers[4].outcome is Outcome.REJECTED
    case = case_of(casedesk, citizen)
    contents = read_contents(casedesk.room, case, casedesk.opener("pingding-office", "pd-list"))
    assert contents.objection.facts == FACTS
    assert contents.messages[0].message.text == "文号见附件"
    listed = [(part, one.evidence.name) for part, one, _ in contents.files()]
    assert listed == [("1-1", "决定书.pdf")]
    with casedesk.room.register.read() as session:
        verify(session)
        actions = [line.action for line in session.scalars(select(AuditLine))]
    assert actions.count(Action.OPEN) == 2
    assert check_store(casedesk.room) == []


def test_nothing_a_citizen_wrote_stands_in_the_register_or_the_folders(casedesk):
    planted = "种植的暗记词语九八七"
    citizen = casedesk.arrive(facts=planted * 3, files=[("暗记.pdf", planted.encode())])
    work = to_examining(casedesk, citizen)
    work.ask(PINGDING, citizen.number, "问题：" + planted, NOW)
    with casedesk.room.register.engine.connect() as connection:
        for table in Case.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                assert planted not in str(tuple(row))
                assert "刘小明" not in str(tuple(row))
    for path in casedesk.room.folder.rglob("*"):
        if path.is_file():
            assert planted.encode() not in path.read_bytes()


def test_an_objection_must_be_read_before_it_is_decided(casedesk):
    citizen = casedesk.arrive()
    with pytest.raises(RequestError, match="请先拆封"):
        Casework(casedesk.room).accept(PINGDING, citizen.number, NOW)
    refusal = Proposal(Ending.REFUSE, "理由", reason=NonAcceptance.LATE)
    with pytest.raises(RequestError, match="请先拆封"):
        Approvals(casedesk.room).propose(PINGDING, citizen.number, refusal, NOW)


def test_ending_a_case_takes_two_persons(casedesk):
    citizen = casedesk.arrive()
    work = to_examining(casedesk, citizen)
    approvals = Approvals(casedesk.room)
    with pytest.raises(RequestError, match="请写明给异议人的答复"):
        approvals.propose(PINGDING, citizen.number, closing(Outcome.REJECTED), NOW)
    work.reply(PINGDING, citizen.number, "答复", NOW)
    approvals.propose(PINGDING, citizen.number, closing(Outcome.REJECTED), NOW)
    with pytest.raises(RequestError, match="提请人不能自己复核"):
        approvals.confirm(PINGDING, citizen.number, NOW)
    with pytest.raises(NoSuchCaseError):
        approvals.confirm(YUXIAN, citizen.number, NOW)
    assert case_of(casedesk, citizen).state == CaseState.EXAMINING
    approvals.confirm(
        CITY, citizen.number, NOW, unread=True
    )  # the main office can be the second person
    assert case_of(casedesk, citizen).state == CaseState.CLOSED
    with pytest.raises(RequestError, match="没有等待复核"):
        approvals.confirm(PINGDING_2, citizen.number, NOW, unread=True)


def proofs_of(desk, citizen):
    """What the citizen's page would say of each signature."""
    public = desk.room.keys.public.signs(citizen.office, citizen.notice)
    answers = desk.inbox_of(citizen)
    return answers, {proof_of(a, citizen.number, citizen.notice, public) for a in answers}


def test_a_reply_that_decides_goes_out_signed_with_the_confirmation_and_not_before(casedesk):
    citizen = casedesk.arrive()
    keys = casedesk.opener(citizen.office, citizen.notice)
    work = Casework(casedesk.room)
    work.open(PINGDING, citizen.number, keys, NOW)
    work.accept(PINGDING, citizen.number, NOW, keys)
    work.examine(PINGDING, citizen.number, NOW, keys)
    approvals = Approvals(casedesk.room)
    reply = "经核查，异议不成立，理由如下：金丝雀-答复。"
    proposal = replace(closing(Outcome.REJECTED), reply=reply)
    approvals.propose(PINGDING, citizen.number, proposal, NOW, keys)
    assert len(casedesk.inbox_of(citizen)) == 2
    with pytest.raises(RequestError, match="先由另一人确认"):
        work.ask(PINGDING, citizen.number, "还有吗？", NOW, keys)
    approvals.decline(PINGDING_2, citizen.number, NOW)
    approvals.propose(PINGDING, citizen.number, proposal, NOW, keys)
    later = NOW + timedelta(days=1)
    approvals.confirm(CITY, citizen.number, later, unread=True)  # who holds no key of the county's
    answers, proofs = proofs_of(casedesk, citizen)
    assert [a.kind for a in answers[2:]] == [AnswerKind.REPLY, AnswerKind.STATUS]
    assert (answers[2].text, answers[3].state) == (reply, CaseState.CLOSED)
    assert proofs == {Proof.SOUND}
    case = case_of(casedesk, citizen)
    assert case.replied_at == later
    with casedesk.room.register.read() as session:
        assert "金丝雀" not in repr(session.execute(text("SELECT * FROM approvals")).all())


def test_a_proposal_of_the_former_office_ends_when_the_case_is_handed_over(casedesk):
    citizen = casedesk.arrive()
    work = to_examining(casedesk, citizen)
    approvals = Approvals(casedesk.room)
    proposal = replace(closing(Outcome.REJECTED), reply="答复")
    approvals.propose(PINGDING, citizen.number, proposal, NOW)
    keys = casedesk.opener(citizen.office, citizen.notice)
    hand_over(casedesk.room, PINGDING, citizen.number, keys, NOW)
    with pytest.raises(RequestError, match="没有等待复核"):
        approvals.confirm(CITY, citizen.number, NOW, unread=True)
    assert work is not None


def test_a_closed_case_is_taken_up_again_only_by_two_persons(casedesk):
    citizen = casedesk.arrive()
    work = to_examining(casedesk, citizen)
    work.reply(PINGDING, citizen.number, "答复", NOW)
    approvals = Approvals(casedesk.room)
    approvals.propose(PINGDING, citizen.number, closing(Outcome.REJECTED), NOW)
    approvals.confirm(PINGDING_2, citizen.number, NOW, unread=True)
    with pytest.raises(RequestError, match="两人"):
        work.examine(PINGDING, citizen.number, NOW)
    approvals.propose(PINGDING, citizen.number, Proposal(Ending.REOPEN, "发现新情况"), NOW)
    approvals.confirm(PINGDING_2, citizen.number, NOW, unread=True)
    assert case_of(casedesk, citizen).state == CaseState.EXAMINING
    assert holds(casedesk)[0]["state"] == "open"


def test_an_unread_objection_holds_back_the_whole_list_and_a_read_one_its_entry(casedesk):
    citizen = casedesk.arrive()
    work = Casework(casedesk.room)
    dispatch(casedesk.room, NOW)
    casedesk.arrive("yx-list")
    work.open(YUXIAN, _newest(casedesk), casedesk.opener("yuxian-office", "yx-list"), NOW)
    held = {(h["name"], h["state"]) for h in holds(casedesk)}
    assert held == {("平定甲公司", "open"), ("张伟", "open"), ("盂县乙公司", "open")}
    assert {h["county"] for h in holds(casedesk)} == {"平定县", "盂县"}
    assert citizen.number in {h["case"] for h in holds(casedesk)}


def _newest(desk):
    with desk.room.register.read() as session:
        return session.scalars(select(Case.number).order_by(Case.id.desc())).first()


@pytest.mark.parametrize(
    ("outcome", "left"),
    [
        (Outcome.UPHELD, [("平定甲公司", "upheld")]),
        (Outcome.REJECTED, []),
        (Outcome.CORRECTED, []),
    ],
)
def test_the_outcome_decides_what_stays_held(casedesk, outcome, left):
    citizen = casedesk.arrive()
    to_examining(casedesk, citizen).reply(PINGDING, citizen.number, "答复", NOW)
    approvals = Approvals(casedesk.room)
    names = ["平定甲公司"] if outcome is Outcome.UPHELD else []
    approvals.propose(PINGDING, citizen.number, closing(outcome, names), NOW)
    assert [h["state"] for h in holds(casedesk)] == ["open"]
    approvals.confirm(PINGDING_2, citizen.number, NOW, unread=True)
    assert [(h["name"], h["state"]) for h in holds(casedesk)] == left


def test_an_objection_to_the_whole_list_can_remove_entries_of_that_list_only(casedesk):
    citizen = casedesk.arrive(entries=())
    to_examining(casedesk, citizen).reply(PINGDING, citizen.number, "答复", NOW)
    approvals = Approvals(casedesk.room)
    approvals.propose(PINGDING, citizen.number, closing(Outcome.UPHELD, ["盂县乙公司"]), NOW)
    with pytest.raises(RequestError, match="名单中没有"):
        approvals.confirm(PINGDING_2, citizen.number, NOW, unread=True)
    approvals.decline(PINGDING_2, citizen.number, NOW)
    approvals.propose(PINGDING, citizen.number, closing(Outcome.UPHELD, ["张伟"]), NOW)
    approvals.confirm(PINGDING_2, citizen.number, NOW, unread=True)
    assert [h["name"] for h in holds(casedesk)] == ["张伟"]


def test_a_summary_with_personal_numbers_is_refused(casedesk):
    citizen = casedesk.arrive()
    to_examining(casedesk, citizen).reply(PINGDING, citizen.number, "答复", NOW)
    proposal = Proposal(Ending.CLOSE, "联系人电话13812345678", outcome=Outcome.REJECTED)
    with pytest.raises(RequestError, match="手机号"):
        Approvals(casedesk.room).propose(PINGDING, citizen.number, proposal, NOW)


def test_a_withdrawal_is_confirmed_by_an_officer_and_releases_the_entries(casedesk):
    citizen = casedesk.arrive()
    work = to_examining(casedesk, citizen)
    with pytest.raises(RequestError, match="没有提出撤回"):
        work.withdraw(PINGDING, citizen.number, NOW)
    casedesk.follow_up(citizen, MessageKind.WITHDRAWAL, "不再异议")
    casedesk.collect()
    work.open(PINGDING, citizen.number, casedesk.opener("pingding-office", "pd-list"), NOW)
    work.withdraw(PINGDING, citizen.number, NOW)
    assert casedesk.inbox_of(citizen)[-1].state is CaseState.WITHDRAWN
    assert holds(casedesk) == []


def test_a_conflict_goes_one_level_up_and_the_former_office_cannot_open_it_any_more(casedesk):
    citizen = casedesk.arrive(files=[("图.jpg", b"\xff\xd8\xff")])
    old = casedesk.opener("pingding-office", "pd-list")
    Casework(casedesk.room).open(PINGDING, citizen.number, old, NOW)
    assert hand_over(casedesk.room, PINGDING, citizen.number, old, NOW) == "city-office"
    with pytest.raises(NoSuchCaseError):
        Casework(casedesk.room).accept(PINGDING, citizen.number, NOW)
    case = case_of(casedesk, citizen)
    with pytest.raises(SealError):
        read_contents(casedesk.room, case, old)
    new = casedesk.opener("city-office", "pd-list")
    assert read_contents(casedesk.room, case, new).objection.facts == FACTS
    assert casedesk.inbox_of(citizen)[-1].office == "city-office"
    assert check_store(casedesk.room) == []
    casedesk.collect()  # the tombstone keeps the old envelope from coming back as a new case

    assert hand_over(casedesk.room, CITY, citizen.number, new, NOW) == "discipline"
    with casedesk.room.register.read() as session:
        for person in (PINGDING, CITY, CITY_2, YUXIAN):
            with pytest.raises(NoSuchCaseError):
                find(session, person, "city-office", citizen.number)
        assert find(session, SUPERVISOR, "city-office", citizen.number)
    with pytest.raises(RequestError, match="没有设置上一级"):
        hand_over(
            casedesk.room,
            SUPERVISOR,
            citizen.number,
            casedesk.opener("discipline", "pd-list"),
            NOW,
        )


def test_the_main_office_sees_a_county_case_but_does_not_handle_it(casedesk):
    citizen = casedesk.arrive()
    with casedesk.room.register.read() as session:
        assert search(session, CITY, "city-office", Query(), NOW.date()).total == 1
        assert search(session, YUXIAN, "city-office", Query(state=""), NOW.date()).total == 0
    opener = casedesk.opener("pingding-office", "pd-list")
    with pytest.raises(RequestError, match="其他单位办理"):
        Casework(casedesk.room).open(CITY, citizen.number, opener, NOW)


def test_collecting_twice_registers_once(casedesk):
    citizen = casedesk.arrive()
    casedesk.follow_up(citizen)
    casedesk.collect()
    casedesk.collect()
    with casedesk.room.register.read() as session:
        cases = session.scalars(select(Case)).all()
        assert [len(case.messages) for case in cases] == [1]


def test_the_reply_target_counts_working_days(casedesk):
    citizen = casedesk.arrive()  # Wednesday 4 March 2026; 15 working days later
    assert case_of(casedesk, citizen).due.isoformat() == "2026-03-25"


def test_a_case_is_assigned_only_within_its_office(casedesk):
    citizen = casedesk.arrive()
    with casedesk.room.register.write() as session:
        for person in (PINGDING_2, YUXIAN):
            session.add(
                Staff(
                    username=person.username,
                    name=person.name,
                    role=person.role.value,
                    office=person.office,
                    county=person.county,
                    password="",
                    secret="",
                    created_at=NOW,
                )
            )
    work = Casework(casedesk.room)
    work.assign(PINGDING, citizen.number, PINGDING_2.username, NOW)
    with pytest.raises(RequestError, match="本单位"):
        work.assign(PINGDING, citizen.number, YUXIAN.username, NOW)
    assert case_of(casedesk, citizen).assigned_to == PINGDING_2.username


def test_deletion_waits_for_retention_takes_two_and_leaves_only_numbers(casedesk):
    desk = with_retention(casedesk, 1)
    citizen = desk.arrive()
    to_examining(desk, citizen).reply(PINGDING, citizen.number, "答复", NOW)
    approvals = Approvals(desk.room)
    approvals.propose(PINGDING, citizen.number, closing(Outcome.REJECTED), NOW)
    approvals.confirm(PINGDING_2, citizen.number, NOW, unread=True)
    deletion = Proposal(Ending.DELETE)
    with pytest.raises(RequestError, match="留存期满"):
        approvals.propose(PINGDING, citizen.number, deletion, NOW)
    later = NOW.replace(day=6)
    with desk.room.register.read() as session:
        assert len(due_for_deletion(session, later, 1)) == 1
    approvals.propose(PINGDING, citizen.number, deletion, later)
    approvals.confirm(PINGDING_2, citizen.number, later, unread=True)
    names = {path.name for path in desk.room.folder.rglob("*") if path.is_file()}
    assert {n for n in names if n.startswith(citizen.lookup)} == {
        f"{citizen.lookup}.gone",
    }
    with desk.room.register.read() as session:
        case = session.scalar(select(Case))
        assert case.deleted_at == later
        line = session.scalars(select(AuditLine).order_by(AuditLine.seq.desc())).first()
        assert case.sha256 in line.detail
    with pytest.raises(RequestError, match="删除"):
        Casework(desk.room).accept(PINGDING, citizen.number, later)
    assert check_store(desk.room) == []


def test_an_altered_envelope_is_reported_and_not_opened(casedesk):
    citizen = casedesk.arrive()
    path = casedesk.room.envelope(citizen.lookup)
    data = bytearray(path.read_bytes())
    data[-1000] ^= 1
    path.write_bytes(data)
    assert "被改动过" in check_store(casedesk.room)[0]
    with pytest.raises(SealError):
        Casework(casedesk.room).open(
            PINGDING, citizen.number, casedesk.opener("pingding-office", "pd-list"), NOW
        )
    assert case_of(casedesk, citizen).opened_at is None


def acts_of(desk, action):
    with desk.room.register.read() as session:
        lines = session.scalars(select(AuditLine).where(AuditLine.action == action.value))
        return [(line.actor, json.loads(line.detail)) for line in lines]


def proposed(desk, **how):
    citizen = desk.arrive(facts=FACTS + "金丝雀-事实")
    to_examining(desk, citizen)
    keys = desk.opener(citizen.office, citizen.notice)
    proposal = replace(closing(Outcome.REJECTED), reply="金丝雀-答复", **how)
    approvals = Approvals(desk.room)
    approvals.propose(PINGDING, citizen.number, proposal, NOW, keys)
    return citizen, approvals


def test_who_confirms_unread_says_so_and_it_is_on_record(casedesk):
    citizen, approvals = proposed(casedesk)
    for person in (CITY, PINGDING_2):
        with pytest.raises(RequestError, match="没有阅读"):
            approvals.confirm(person, citizen.number, NOW)
    keys = casedesk.opener("city-office", citizen.notice)
    with pytest.raises(RequestError, match="没有给您单位"):
        open_copy(casedesk.room, CITY, citizen.number, keys, NOW)
    approvals.confirm(CITY, citizen.number, NOW, unread=True)
    [(actor, detail)] = acts_of(casedesk, Action.CONFIRM_CLOSE)
    assert (actor, detail["read"]) == (CITY.username, "none")


def test_a_second_person_of_the_office_reads_the_case_itself(casedesk):
    citizen, approvals = proposed(casedesk)
    keys = casedesk.opener(citizen.office, citizen.notice)
    Casework(casedesk.room).open(PINGDING_2, citizen.number, keys, NOW)
    approvals.confirm(PINGDING_2, citizen.number, NOW)
    [(_, detail)] = acts_of(casedesk, Action.CONFIRM_CLOSE)
    assert detail["read"] == "case"


def test_the_main_office_reads_what_a_county_shares_and_nothing_else(casedesk):
    citizen, approvals = proposed(casedesk, shared=True)
    case = case_of(casedesk, citizen)
    [approval] = case.approvals
    with casedesk.room.register.read() as session:
        assert "金丝雀" not in repr(session.execute(text("SELECT * FROM approvals")).all())
    mine = casedesk.opener("city-office", citizen.notice)
    for person in (PINGDING_2, SUPERVISOR, YUXIAN):
        with pytest.raises(RequestError):
            open_copy(casedesk.room, person, citizen.number, mine, NOW)
    for other in (("city-office", "yx-list"), ("yuxian-office", citizen.notice)):
        with pytest.raises(SealError):
            open_copy(casedesk.room, CITY, citizen.number, casedesk.opener(*other), NOW)
    assert acts_of(casedesk, Action.READ_COPY) == []
    with pytest.raises(RequestError, match="没有阅读"):
        approvals.confirm(CITY, citizen.number, NOW)
    open_copy(casedesk.room, CITY, citizen.number, mine, NOW)
    shown = "\n".join(part.text for part in shared_parts(case, approval, mine))
    assert "金丝雀-事实" in shown
    assert "金丝雀-答复" in shown
    assert "刘小明" not in shown
    assert "138" not in shown
    with pytest.raises(RequestError, match="没有阅读"):
        approvals.confirm(CITY_2, citizen.number, NOW)  # what a colleague read is not one's own
    approvals.confirm(CITY, citizen.number, NOW)
    [(_, detail)] = acts_of(casedesk, Action.CONFIRM_CLOSE)
    assert detail["read"] == "copy"
    assert case_of(casedesk, citizen).approvals[0].shared is None
    names = [p.name.split(".")[1] for p in casedesk.room.folders.outgoing.glob("*.sealed")]
    assert sum(len(name) > 4 for name in names) == 2, "one look of the county, one of the city"


def test_the_copy_ends_with_the_proposal_however_it_ends(casedesk):
    citizen, approvals = proposed(casedesk, shared=True)
    approvals.decline(CITY, citizen.number, NOW)
    keys = casedesk.opener(citizen.office, citizen.notice)
    again = replace(closing(Outcome.REJECTED), reply="答复", shared=True)
    approvals.propose(PINGDING, citizen.number, again, NOW, keys)
    hand_over(casedesk.room, PINGDING, citizen.number, keys, NOW)
    assert [a.shared for a in case_of(casedesk, citizen).approvals] == [None, None]


def test_a_copy_of_one_case_is_not_read_as_another_s(casedesk):
    first, _ = proposed(casedesk, shared=True)
    second, _ = proposed(casedesk, shared=True)
    mine = casedesk.opener("city-office", first.notice)
    with pytest.raises(SealError, match="不属于"):
        shared_parts(case_of(casedesk, first), case_of(casedesk, second).approvals[0], mine)
