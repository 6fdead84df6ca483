"""Documents inside envelopes: whatever is read can be shown, kept and told in any time zone."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain import exchange
from portal.domain.objection import Answer, AnswerKind, CaseState
from portal.domain.workdays import SHANGHAI

BOUND = "b" * 64
AT = datetime(2026, 11, 22, 10, tzinfo=SHANGHAI)
DOCUMENT = json.loads(
    exchange.write_answer(Answer(1, AT, AnswerKind.REPLY, CaseState.CLOSED, "查明"), BOUND)
)
HOSTILE = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=5),
    st.integers(),
    st.floats(),
    st.none(),
    st.booleans(),
    st.just(10**400),
    st.sampled_from(["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-11-22"]),
    st.lists(st.none(), max_size=2),
    st.just({}),
)


@given(field=st.sampled_from(sorted(DOCUMENT["content"])), value=HOSTILE)
def test_whatever_is_read_can_be_shown_and_kept(field, value):
    content = DOCUMENT["content"] | {field: value}
    data = json.dumps(DOCUMENT | {"content": content}).encode()
    try:
        answer = exchange.read_answer(data, BOUND)
    except ValueError:
        return
    answer.text.encode()
    assert answer.seq < 2**63
    for hours in (-12, 14):
        answer.at.astimezone(timezone(timedelta(hours=hours)))
    assert exchange.read_answer(exchange.write_answer(answer, BOUND), BOUND) == answer


@pytest.mark.parametrize("read", ["read_answer", "read_message", "read_objection"])
@pytest.mark.parametrize("data", [b"[" * 100_000, b'{"a":' * 100_000, b"\xff", b"", b"1" * 5000])
def test_damage_is_a_value_error(read, data):
    with pytest.raises(ValueError, match=r"."):
        getattr(exchange, read)(data, BOUND)


def test_times_keep_their_instant():
    answer = exchange.read_answer(json.dumps(DOCUMENT).encode(), BOUND)
    assert answer.at.astimezone(UTC) == AT.astimezone(UTC)
