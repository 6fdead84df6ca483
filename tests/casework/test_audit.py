import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from portal.casework.audit import Action, Head, head, record, verify
from portal.casework.models import AuditLine
from portal.errors import VerificationError
from tests.casedesk import NOW


def write(register, count=6):
    with register.write() as session:
        for number in range(count):
            at = NOW + timedelta(minutes=number, microseconds=123)
            record(session, at, f"u{number}", Action.OPEN, case=f"YY{number}", detail={"n": number})


def test_an_untouched_chain_holds_and_tells_its_head(register):
    write(register)
    with register.read() as session:
        assert verify(session) == head(session)
        assert head(session).seq == 6


def test_an_empty_trail_holds(register):
    with register.read() as session:
        assert verify(session) == Head(0, "0" * 64)


changes = st.sampled_from(["actor", "action", "case_number", "detail", "at", "previous", "hash"])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seq=st.integers(1, 6), column=changes)
def test_changing_any_field_of_any_line_is_found(sqlite_register, seq, column):
    with sqlite_register.write() as session:
        session.execute(delete(AuditLine))
    with sqlite_register.write() as session:
        from portal.casework.models import Counter

        session.execute(delete(Counter))
    write(sqlite_register)
    value = NOW if column == "at" else json.dumps({"n": 99})
    with sqlite_register.write() as session:
        session.execute(update(AuditLine).where(AuditLine.seq == seq).values({column: value}))
    with sqlite_register.read() as session, pytest.raises(VerificationError, match=f"第{seq}行"):
        verify(session)


def test_dropping_a_line_is_found(register):
    write(register)
    with register.write() as session:
        session.execute(delete(AuditLine).where(AuditLine.seq == 3))
    with register.read() as session, pytest.raises(VerificationError, match="第3行缺失"):
        verify(session)


def test_exchanging_two_lines_is_found(register):
    write(register)
    with register.write() as session:
        for old, new in ((2, 100), (3, 2), (100, 3)):
            session.execute(update(AuditLine).where(AuditLine.seq == old).values(seq=new))
    with register.read() as session, pytest.raises(VerificationError):
        verify(session)


def test_a_noted_head_finds_a_shortened_and_a_rewritten_chain(register):
    write(register)
    with register.read() as session:
        noted = head(session)
    with register.write() as session:
        session.execute(delete(AuditLine).where(AuditLine.seq == 6))
    with register.read() as session:
        assert verify(session).seq == 5
        with pytest.raises(VerificationError, match="少于先前抄录"):
            verify(session, noted)
        with pytest.raises(VerificationError, match="链被重写过"):
            verify(session, Head(2, "f" * 64))


def test_nothing_more_is_recorded_after_the_end_was_cut_off(register):
    write(register)
    with register.write() as session:
        session.execute(delete(AuditLine).where(AuditLine.seq == 6))
    with pytest.raises(VerificationError, match="末行缺失"), register.write() as session:
        record(session, NOW, "u", Action.OPEN)


def test_an_act_and_its_record_stand_or_fall_together(register):
    def act():
        with register.write() as session:
            record(session, NOW, "u", Action.ACCEPT)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    write(register, 1)
    with register.read() as session:
        assert [line.seq for line in session.scalars(select(AuditLine))] == [1]
