"""The promises of a drop box, over a folder and over a real object store alike."""

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portal.casework.desk_key import DeskKey
from portal.errors import RequestError, SealError, UnreachableError
from portal.ledger.signing import SigningKey
from portal.sealed.boxes import Box
from portal.sealed.courier import DeskFolders, Report, exchange
from portal.sealed.desk_notes import gone_note, taken_note
from portal.sealed.dropbox import DropBox, Sum, publish_bytes, remove_envelope
from portal.sealed.envelope import Header, write_head
from portal.sealed.object_store import ObjectStore
from portal.sealed.store_box import INBOX, OUTBOX, StoreBox, place
from portal.sealed.store_courier import carry, fetch, store_exchange
from portal.submission.form_drafts import code_of, new_secret
from portal.submission.submitting import REPEAT, AlreadySentError
from tests.objectstore import StoreServer, free_ports
from tests.publicside import OPEN
from tests.submission.test_submitting import Objecting, side_in

LOOKUP = "ab" * 16
LARGE = 9 << 20


def header(lookup: str = LOOKUP, **more: object) -> Header:
    return Header("objection", lookup, "pingding-list", "pingding-office", **more)  # type: ignore[arg-type]


def objection(lookup: str = LOOKUP) -> Header:
    return header(lookup, number="YY20211207-7K3QX9PA", received=OPEN.replace(microsecond=0))


def envelope(head: Header, rest: bytes = b"sealed") -> bytes:
    target = io.BytesIO()
    write_head(head, target)
    return target.getvalue() + rest


class Sides:
    """A box and a desk that empties it; `outgoing` is what the desk sends."""

    def __init__(self, box: Box, root: Path) -> None:
        self.box, self.root = box, root
        self.desk = DeskFolders(root / "desk").prepare()
        self.carrier = DropBox(root / "carrier").prepare()
        self.key = DeskKey(root / "keys").signer()

    def collect(self) -> Report:
        if isinstance(self.box, StoreBox):
            return store_exchange(self.box, self.carrier, self.desk, 0, self.key)
        assert isinstance(self.box, DropBox)
        return exchange(self.box, self.desk, 0, self.key)

    def put(self, head: Header, data: bytes) -> str:
        return self.box.put(head, lambda out: out.write(data)).sha256

    def answer(self, seq: int) -> bytes:
        head = Header("answer", LOOKUP, seq=seq)
        data = envelope(head, b"answer %d" % seq)
        publish_bytes(self.desk.tmp, self.desk.outgoing / f"{head.name}.sealed", data)
        return data


@pytest.fixture(params=["folder", "store"])
def sides(request: pytest.FixtureRequest, tmp_path: Path) -> Sides:
    if request.param == "folder":
        return Sides(DropBox(tmp_path / "box").prepare(), tmp_path)
    server: StoreServer = request.getfixturevalue("store_server")
    box = server.settings().box(tmp_path)
    assert box is not None
    return Sides(box, tmp_path)


def test_what_was_taken_arrives_as_it_was_and_its_sender_still_finds_it(sides: Sides) -> None:
    head, data = objection(), envelope(objection(), b"x" * LARGE)
    sha256 = sides.put(head, data)
    assert sha256 == hashlib.sha256(data).hexdigest() == sides.box.sum(head).sha256
    assert len(sides.box.arrivals()) == 1
    report = sides.collect()
    assert (report.taken, report.settled, report.troubles) == (1, 1, [])
    assert (sides.desk.envelopes / f"{LOOKUP}.sealed").read_bytes() == data
    assert sides.box.header(LOOKUP) == head
    assert sides.box.arrivals() in ((), [])
    with pytest.raises(FileNotFoundError):
        sides.box.sum(head)
    assert sides.collect() == Report()


def test_a_name_is_given_once_also_to_many_at_once(sides: Sides) -> None:
    head = objection()

    def put(turn: int) -> bytes | None:
        data = envelope(head, b"%d" % turn * 5000)
        try:
            sides.put(head, data)
        except FileExistsError:
            return None
        return data

    with ThreadPoolExecutor(8) as pool:
        [won] = [data for data in pool.map(put, range(16)) if data]
    assert sides.box.sum(head).sha256 == hashlib.sha256(won).hexdigest()
    sides.collect()
    assert (sides.desk.envelopes / f"{LOOKUP}.sealed").read_bytes() == won


class TakenAtOnce(DropBox):
    """A folder that is emptied between an envelope's arrival and the sum beside it."""

    def _write_sum(self, path: Path, noted: Sum) -> None:
        remove_envelope(path)
        super()._write_sum(path, noted)


def test_who_is_collected_at_once_is_told_that_it_arrived(tmp_path: Path) -> None:
    box = TakenAtOnce(tmp_path / "box").prepare()
    data = envelope(objection(), b"z" * 300_000)
    noted = box.put(objection(), lambda out: out.write(data))
    assert noted == Sum(len(data), hashlib.sha256(data).hexdigest())
    assert [path for path in box.root.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("size", [0, LARGE])
def test_what_fails_in_the_middle_leaves_nothing(sides: Sides, size: int) -> None:
    def broken(out: BinaryIO) -> None:
        out.write(b"y" * size)
        raise SealError("断了")

    with pytest.raises(SealError):
        sides.box.put(objection(), broken)
    assert sides.box.header(LOOKUP) is None
    assert sides.collect() == Report()


def test_later_messages_wait_answers_come_in_order_and_copies_beside_them(sides: Sides) -> None:
    sides.put(objection(), envelope(objection()))
    sides.collect()
    message = Header(
        "message", LOOKUP, "pingding-list", "pingding-office", received=OPEN, id="1" * 16
    )
    sides.put(message, envelope(message))
    assert sides.box.messages(LOOKUP) == (message,)
    answers = [sides.answer(1), sides.answer(2)]
    sides.answer(4)
    copy = Header("copy", LOOKUP, id="2" * 16)
    sides.box.put_copy(copy, lambda out: out.write(envelope(copy)))
    assert sides.collect().troubles == []
    assert sides.box.messages(LOOKUP) == ()
    assert [one.read(4096) for one in sides.box.answers(LOOKUP)] == answers
    assert [one.read(4096) for one in sides.box.looks(LOOKUP)] == [envelope(copy)]
    with pytest.raises(SealError):
        sides.box.answers(LOOKUP)[0].read(10)
    assert sides.box.answers("cd" * 16) in ((), [])


def test_a_deleted_case_is_forgotten_and_its_neighbour_is_not(sides: Sides) -> None:
    other = "ac" * 16
    for lookup in (LOOKUP, other):
        sides.put(objection(lookup), envelope(objection(lookup)))
    sides.answer(1)
    sides.collect()
    publish_bytes(
        sides.desk.tmp, sides.desk.outgoing / f"{LOOKUP}.gone", gone_note(sides.key, LOOKUP)
    )
    (sides.desk.outgoing / f"{LOOKUP}.0001.sealed").unlink()
    assert sides.collect().forgotten == 1
    assert sides.box.header(LOOKUP) is None
    assert sides.box.header(other) == objection(other)
    assert sides.box.answers(LOOKUP) in ((), [])
    assert sides.collect().forgotten == 0


def test_the_same_draft_once_more_gives_the_same_receipt(sides: Sides, tmp_path: Path) -> None:
    objecting = Objecting(side_in(tmp_path / "public"))
    object.__setattr__(objecting.submissions, "box", sides.box)
    code = code_of(new_secret())
    first, again = (objecting.send(code, "一", b"x" * 500) for _ in range(2))
    assert (again.signed, again.repeated) == (first.signed, True)
    sides.collect()
    assert objecting.send(code, "一").signed is None
    objecting.side.clock.now += REPEAT * 2
    with pytest.raises(AlreadySentError):
        objecting.send(code, "一")


@pytest.fixture
def stored(store_server: StoreServer, tmp_path: Path) -> Sides:
    box = store_server.settings().box(tmp_path)
    assert box is not None
    return Sides(box, tmp_path)


def store_of(sides: Sides) -> ObjectStore:
    assert isinstance(sides.box, StoreBox)
    return sides.box.store


def carried(sides: Sides, public: str | None = "") -> Report:
    assert isinstance(sides.box, StoreBox)
    return carry(sides.box, sides.carrier, 0, sides.key.public if public == "" else public)


def test_nothing_leaves_the_store_before_the_desk_signed_for_these_bytes(stored: Sides) -> None:
    name = f"{LOOKUP}.sealed"
    sha256 = stored.put(objection(), envelope(objection()))
    stranger = SigningKey(Ed25519PrivateKey.generate())
    for note in (
        b"",
        taken_note(stranger, name, sha256),
        taken_note(stored.key, name, "0" * 64),
        taken_note(stored.key, f"{'0' * 32}.sealed", sha256),
    ):
        carried(stored)
        (stored.carrier.taken / name).write_bytes(note)
        assert carried(stored).troubles
    for gone in (b"", gone_note(stranger, LOOKUP), gone_note(stored.key, "0" * 32)):
        (stored.carrier.outbox / f"{LOOKUP}.gone").write_bytes(gone)
        assert carried(stored).troubles
    (stored.carrier.taken / name).write_bytes(taken_note(stored.key, name, sha256))
    assert "desk.pub" in carried(stored, None).troubles[0]
    assert stored.box.sum(objection()).sha256 == sha256


def test_a_copy_that_was_cut_is_fetched_anew(stored: Sides) -> None:
    data = envelope(objection(), b"x" * 5000)
    stored.put(objection(), data)
    carried(stored)
    (stored.carrier.inbox / f"{LOOKUP}.sealed").write_bytes(data[:3000])
    assert stored.collect().taken == 1
    assert (stored.desk.envelopes / f"{LOOKUP}.sealed").read_bytes() == data


def test_rubbish_in_the_bucket_stops_nobody(stored: Sides) -> None:
    store = store_of(stored)
    store.put(place(INBOX, f"{'0' * 32}.sealed"), b"rubbish")
    store.put(f"{INBOX}/x/{LOOKUP}.sealed.exe", b"rubbish")
    store.put(f"{INBOX}/x/notes.txt", b"rubbish")
    store.put(f"{OUTBOX}/audit.head", b"[" * 4000)
    stored.put(objection(), envelope(objection()))
    report = stored.collect()
    assert report.taken == 1
    assert [trouble[:3] for trouble in report.troubles] == ["000"]


def test_a_store_that_lost_its_answers_and_cases_gets_them_back(stored: Sides) -> None:
    stored.put(objection(), envelope(objection()))
    stored.answer(1)
    stored.collect()
    store = store_of(stored)
    for folder in (OUTBOX, "cases"):
        for name in store.names(folder):
            store.remove(place(folder, name))
    assert stored.box.header(LOOKUP) is None
    stored.collect()
    assert stored.box.header(LOOKUP) == objection()
    assert len(stored.box.answers(LOOKUP)) == 1


def test_a_store_that_is_away_is_told_and_costs_the_desk_nothing(
    store_server: StoreServer, tmp_path: Path
) -> None:
    away = StoreBox(ObjectStore("portal", "x", f"http://127.0.0.1:{free_ports(1)[0]}"), tmp_path)
    sides = Sides(away, tmp_path)
    acts = [
        lambda: sides.put(objection(), b"x"),
        lambda: away.header(LOOKUP),
        lambda: away.answers(LOOKUP),
        away.arrivals,
        lambda: fetch(away, sides.carrier),
    ]
    for act in acts:
        with pytest.raises(UnreachableError, match="连不上"):
            act()
    report = sides.collect()
    assert report.troubles == ["存放异议的对象存储现在连不上"]


def test_wrong_credentials_are_told(
    store_server: StoreServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    with pytest.raises(UnreachableError, match="AWS_ACCESS_KEY_ID"):
        store_server.store().find("x", 0)


def test_a_store_that_would_replace_is_refused(
    store_server: StoreServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As some vendors' gateways do: they take the condition and pay no heed to it."""
    put = ObjectStore.put

    def heedless(self: ObjectStore, name: str, source: bytes) -> object:
        return put(self, name, source, replace=True)

    monkeypatch.setattr(ObjectStore, "put", heedless)
    with pytest.raises(RequestError, match="If-None-Match"):
        store_server.store().require_conditions()
