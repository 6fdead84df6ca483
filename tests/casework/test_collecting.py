"""Collecting survives whatever arrives, and tells when the register is not the one it was."""

import json
import os
import shutil
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.casework import correspondence
from portal.casework.collecting import import_envelopes
from portal.casework.correspondence import undelivered
from portal.casework.handling import Casework, read_contents
from portal.casework.models import Case
from portal.casework.register import Register
from portal.casework.rollback import accept_restored, begin_anew, note_head, refuse_empty
from portal.errors import RequestError, SealError
from portal.sealed.envelope import VERSION, parse_header
from portal.sealed.suites import AGE
from tests.casedesk import NOW, PINGDING, make_casedesk

SOUND = {
    "objection": {
        "kind": "objection",
        "lookup": "a" * 32,
        "notice": "pd-list",
        "number": "YY20260304-7K3QX9PA",
        "office": "pingding-office",
        "received": "2026-03-04T10:00:00+08:00",
    },
    "message": {
        "id": "0" * 16,
        "kind": "message",
        "lookup": "a" * 32,
        "notice": "pd-list",
        "office": "pingding-office",
        "received": "2026-03-04T10:00:00+08:00",
    },
    "answer": {"kind": "answer", "lookup": "a" * 32, "seq": 1},
}
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=40),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.sampled_from(
        ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-03-04", "../x", "age1"]
    ),
)
FIELDS = ["kind", "lookup", "notice", "office", "number", "received", "reply", "id", "seq"]


def line_of(kind: str, changes: dict) -> bytes:
    return json.dumps({**SOUND[kind], **changes}, sort_keys=True, separators=(",", ":")).encode()


@given(
    st.sampled_from(sorted(SOUND)),
    st.dictionaries(st.sampled_from([*FIELDS, "demonstration", "more"]), VALUES, max_size=3),
)
def test_every_field_of_a_header_is_of_its_type_and_range(kind, changes):
    try:
        header = parse_header(line_of(kind, changes))
    except SealError:
        return
    if header.received is not None:
        assert (header.received + timedelta(days=800)).utcoffset() is not None
    assert 0 <= header.seq < 10_000
    assert all(isinstance(getattr(header, key), str) for key in ("notice", "office", "number"))


@pytest.mark.parametrize("line", [b"[" * 4000, b"{}", b"null", b"\xff", b'{"seq":1e999}'])
def test_what_is_no_header_is_refused(line):
    with pytest.raises(SealError):
        parse_header(line)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(sorted(SOUND)), st.binary(max_size=60)), max_size=6))
def test_a_round_takes_what_is_sound_beside_whatever_arrives(sqlite_register, tmp_path, rubbish):
    desk = make_casedesk(tmp_path / os.urandom(4).hex(), sqlite_register)
    for number, (kind, data) in enumerate(rubbish):
        path = desk.room.folders.envelopes / f"{number:032x}.sealed"
        line = line_of(kind, {"lookup": f"{number:032x}"})
        path.write_bytes(f"{VERSION} {AGE.name}\n".encode() + line + b"\n" + data)
        (path.parent / f"{number + 50:032x}.sealed").write_bytes(data)
    desk.send()
    done = import_envelopes(desk.room, NOW)
    assert done.cases >= 1
    assert all(":" not in trouble or "：" in trouble for trouble in done.troubles)
    again = import_envelopes(desk.room, NOW)
    assert (again.cases, again.troubles) == (0, done.troubles)


def test_a_restored_register_is_told_and_its_next_answer_gets_a_free_number(
    sqlite_register, tmp_path
):
    desk = make_casedesk(tmp_path / "state", sqlite_register)
    citizen = desk.arrive()
    work = Casework(desk.room)
    work.open(PINGDING, citizen.number, desk.opener("pingding-office", "pd-list"), NOW)
    source = tmp_path / "register.sqlite3"
    sqlite_register.close()
    shutil.copy(source, tmp_path / "backup.sqlite3")
    work.accept(PINGDING, citizen.number, NOW)
    work.ask(PINGDING, citizen.number, "请补充", NOW)
    assert note_head(desk.room, NOW) == ""
    sqlite_register.close()
    for suffix in ("-wal", "-shm"):
        (tmp_path / f"register.sqlite3{suffix}").unlink(missing_ok=True)
    shutil.copy(tmp_path / "backup.sqlite3", source)
    fault = note_head(desk.room, NOW + timedelta(hours=1))
    assert "登记簿不是最近的" in fault
    assert note_head(desk.room, NOW + timedelta(hours=2)) == fault, "it stays until accepted"
    work.accept(PINGDING, citizen.number, NOW)
    assert undelivered(desk.room) == []
    numbers = [answer.seq for answer in desk.inbox_of(citizen)]
    assert numbers == [1, 2, 3], "the former answers stand, the new one has the next number"
    accept_restored(desk.room, NOW + timedelta(hours=3))
    assert note_head(desk.room, NOW + timedelta(hours=4)) == ""


@pytest.mark.parametrize("damage", ["junk", "empty", "another key"])
def test_a_noted_head_that_cannot_be_read_any_more_stops_nobody_unseen(
    sqlite_register, tmp_path, damage
):
    desk = make_casedesk(tmp_path, sqlite_register)
    desk.arrive()
    assert note_head(desk.room, NOW) == ""
    noted = desk.room.folder / "audit.head"
    if damage == "another key":
        for path in (desk.room.keys.root / "desk.key", desk.room.keys.root / "public/desk.pub"):
            path.unlink()
        assert desk.room.signer()
    else:
        noted.write_bytes(b"" if damage == "empty" else b"\xff\x00")
    before = noted.read_bytes()
    for _ in range(2):
        assert "portal audit restored" in note_head(desk.room, NOW)
    assert noted.read_bytes() == before
    accept_restored(desk.room, NOW)
    assert note_head(desk.room, NOW) == ""


def test_the_head_that_is_carried_tells_of_a_desk_restored_as_a_whole(sqlite_register, tmp_path):
    desk = make_casedesk(tmp_path / "state", sqlite_register)
    outbox = tmp_path / "carrier" / "outbox"
    outbox.mkdir(parents=True)
    (outbox.parent / "tmp").mkdir()
    desk.arrive()
    assert note_head(desk.room, NOW, [outbox]) == ""
    (desk.room.folder / "audit.head").unlink()
    empty = Register(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    empty.migrate()
    other = make_casedesk(tmp_path / "state", empty)
    assert "登记簿不是最近的" in note_head(other.room, NOW, [outbox])
    empty.close()


def test_an_empty_register_beside_envelopes_is_refused(sqlite_register, tmp_path):
    desk = make_casedesk(tmp_path / "state", sqlite_register)
    refuse_empty(sqlite_register, desk.room.folders)
    desk.send()
    with pytest.raises(RequestError, match="--new-register"):
        refuse_empty(sqlite_register, desk.room.folders)
    begin_anew(desk.room, NOW)
    refuse_empty(sqlite_register, desk.room.folders)
    with pytest.raises(RequestError, match="不是空的"):
        begin_anew(desk.room, NOW)


def test_a_desk_that_ran_before_its_first_officer_starts_again(sqlite_register, tmp_path):
    desk = make_casedesk(tmp_path / "state", sqlite_register)
    noted = desk.room.folder / "audit.head"
    for hours in (0, 1):
        assert note_head(desk.room, NOW + timedelta(hours=hours)) == ""
        assert json.loads(noted.read_bytes())["seq"] == 0
        refuse_empty(sqlite_register, desk.room.folders)
    whole = json.loads(noted.read_bytes())
    for damaged in (b"", b"\xff", b"[]", b"{}", b'{"seq": null}', json.dumps(whole | {"seq": 412})):
        noted.write_bytes(damaged if isinstance(damaged, bytes) else damaged.encode())
        with pytest.raises(RequestError, match=r"audit\.head .*--new-register") as refused:
            refuse_empty(sqlite_register, desk.room.folders)
        assert "0个信封" not in str(refused.value)
    noted.unlink()
    noted.mkdir()
    with pytest.raises(RequestError, match="读不出来"):
        refuse_empty(sqlite_register, desk.room.folders)


def test_another_file_under_an_answers_name_is_told(sqlite_register, tmp_path):
    desk = make_casedesk(tmp_path / "state", sqlite_register)
    citizen = desk.arrive()
    work = Casework(desk.room)
    work.open(PINGDING, citizen.number, desk.opener("pingding-office", "pd-list"), NOW)
    folder = desk.room.folders.outgoing
    with desk.room.register.write() as session:
        case = session.query(Case).one()
        correspondence.send(session, desk.room, case, correspondence.AnswerKind.STATUS, NOW)
    (folder / f"{citizen.lookup}.0001.sealed").write_bytes(b"another")
    correspondence.dispatch(desk.room, NOW)
    assert len(undelivered(desk.room)) == 1
    assert (folder / f"{citizen.lookup}.0001.sealed").read_bytes() == b"another"


def test_two_messages_of_one_name_are_two_rows_and_both_are_read(casedesk):
    """The desk keeps the second under a name of its own (`portal.sealed.arrivals`)."""
    citizen = casedesk.arrive()
    first = casedesk.follow_up(citizen, text="第一次说的")
    second = casedesk.follow_up(citizen, text="第二次说的")
    envelopes = casedesk.room.folders.envelopes
    (envelopes / f"{second}.sealed").rename(envelopes / f"{citizen.lookup}.{'c' * 16}.sealed")
    data = (envelopes / f"{citizen.lookup}.{'c' * 16}.sealed").read_bytes()
    for _ in range(2):
        casedesk.collect()
    keys = casedesk.opener("pingding-office", "pd-list")
    Casework(casedesk.room).open(PINGDING, citizen.number, keys, NOW)
    with casedesk.room.register.read() as session:
        case = session.query(Case).one()
        assert {m.name for m in case.messages} == {first, f"{citizen.lookup}.{'c' * 16}"}
        said = [m.message.text for m in read_contents(casedesk.room, case, keys).messages]
    assert sorted(said) == ["第一次说的", "第二次说的"]
    assert second.encode()[-16:] in data
