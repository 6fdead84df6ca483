"""States of a case: where it may go, and that nothing is a dead end by mistake."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from portal.domain.objection import (
    AnswerKind,
    CaseState,
    FileRole,
    Grounds,
    MessageKind,
    NonAcceptance,
    ObjectorKind,
    Outcome,
)

FINAL = {CaseState.CLOSED, CaseState.NOT_ACCEPTED, CaseState.WITHDRAWN}


def test_a_case_goes_the_way_of_the_rules() -> None:
    course = [CaseState.RECEIVED, CaseState.ACCEPTED, CaseState.EXAMINING, CaseState.CLOSED]
    for state, following in pairwise(course):
        assert following in state.next
    assert CaseState.NOT_ACCEPTED in CaseState.RECEIVED.next
    assert CaseState.CLOSED not in CaseState.RECEIVED.next, "never closed without examination"
    assert CaseState.CLOSED not in CaseState.ACCEPTED.next


def test_open_cases_hold_their_entries_back_and_others_do_not() -> None:
    assert {state for state in CaseState if not state.open} == FINAL


def test_an_open_case_can_always_be_withdrawn_and_a_withdrawn_one_stays_so() -> None:
    assert all(CaseState.WITHDRAWN in state.next for state in CaseState if state.open)
    assert CaseState.WITHDRAWN.next == frozenset()


@given(st.lists(st.integers(0, 9), max_size=20))
def test_no_course_leads_back_to_received(choices: list[int]) -> None:
    state = CaseState.RECEIVED
    for choice in choices:
        following = sorted(state.next)
        if not following:
            break
        state = following[choice % len(following)]
        assert state is not CaseState.RECEIVED


def test_every_value_has_a_chinese_name() -> None:
    kinds = (CaseState, Grounds, NonAcceptance, ObjectorKind, Outcome, MessageKind, AnswerKind)
    for kind in kinds:
        labels = [member.label for member in kind]
        assert len(set(labels)) == len(labels)
        assert all("\u4e00" <= label[0] <= "\u9fff" for label in labels)
    assert {role.value for role in FileRole} == {"evidence", "seal-scan"}
