"""Stops, cuts and clocks: a ledger is told to be wrong, or is completed, never begun anew."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import PortalError, RequestError, VerificationError
from portal.ledger import rotation
from portal.ledger.chain import check_chain, ledger_writer, refuse_early
from portal.ledger.ledger_lines import ledger_rows, read_ledger
from portal.ledger.noted_heads import note_heads, refuse_shortened
from portal.ledger.signing import load_key, new_key

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
SECRETS = ("旧口令", "新口令")


class StopError(Exception):
    """The power goes."""


class Office:
    """A key and two ledgers of two lines each."""

    def __init__(self, folder: Path) -> None:
        self.key = folder / "keys" / "ledger.pem"
        self.ledgers = [folder / name / "ledger.jsonl" for name in ("a", "b")]
        signer = new_key(self.key, SECRETS[0])
        for ledger in self.ledgers:
            enter(ledger, signer, AT)

    def rotate(self):
        return rotation.rotate(self.key, self.ledgers, SECRETS, AT)


def enter(ledger, signer, at):
    writer = ledger_writer(ledger, signer, at)
    writer.revision(f"notice-{ledger.parent.name}", 1, AT, "ab" * 32, {"notice.pdf": "cd" * 32})
    writer.write(ledger)


def stopping_after(monkeypatch, steps):
    """Every step of a rotation that leaves something behind; the power goes after some of them."""
    left = iter(range(steps))

    def counted(act):
        def run(*arguments):
            done = act(*arguments)
            if next(left, None) is None:
                raise StopError
            return done

        return run

    monkeypatch.setattr(rotation, "new_key", counted(new_key))
    monkeypatch.setattr(rotation, "_hand_over", counted(rotation._hand_over))
    monkeypatch.setattr(Path, "rename", counted(Path.rename))


@pytest.mark.parametrize("steps", range(5))
def test_a_stopped_change_of_the_key_is_told_and_completed(tmp_path, monkeypatch, steps):
    office = Office(tmp_path)
    old = load_key(office.key, SECRETS[0]).id
    with monkeypatch.context() as patch:
        stopping_after(patch, steps)
        with pytest.raises(StopError):
            office.rotate()
    if steps < 4:  # the last step is the last
        with pytest.raises(RequestError, match="--rotate-key"):
            rotation.refuse_interrupted(office.key)
        before, successor = office.rotate()
        assert (before, successor.id != old) == (old, True)
    rotation.refuse_interrupted(office.key)
    signer = load_key(office.key, SECRETS[1])
    assert load_key(office.key.with_name(f"ledger-{old}.pem"), SECRETS[0]).id == old
    for ledger in office.ledgers:
        report = check_chain([text for text, _ in ledger_rows(ledger)], old)
        assert (report.whole, report.count, report.keys) == (True, 3, (old, signer.id))
        enter(ledger, signer, AT)


def test_half_a_new_key_is_no_beginning(tmp_path):
    office = Office(tmp_path)
    for half in (b"", b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGb"):
        rotation.successor_path(office.key).write_bytes(half)
        rotation.refuse_interrupted(office.key)
    office.rotate()


def test_a_lost_key_is_told_and_none_is_made(tmp_path):
    office = Office(tmp_path)
    office.key.unlink()
    with pytest.raises(RequestError, match="从备份恢复这把密钥"):
        rotation.refuse_lost_key(office.key, office.ledgers)
    with pytest.raises(RequestError, match="没有可以更换的"):
        office.rotate()
    assert not office.key.exists()


@given(kept=st.integers(0, 10_000), tail=st.binary(max_size=3))
def test_a_cut_ledger_is_told_by_whatever_reads_it_or_by_what_was_noted(kept, tail, sound):
    folder, text = sound
    office, ledger = folder / "keys" / "ledger.pem", folder / "a" / "ledger.jsonl"
    data = text[: kept % len(text)] + tail
    ledger.write_bytes(data)
    told = ""
    try:
        read_ledger(ledger)
        refuse_shortened(office, [ledger])
    except PortalError as error:
        told = str(error)
    assert "ledger" in told or data.strip() == text.strip()


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    folder = tmp_path_factory.mktemp("office")
    office = Office(folder)
    note_heads(office.key, office.ledgers)
    refuse_shortened(office.key, office.ledgers)
    return folder, office.ledgers[0].read_bytes()


def test_half_a_last_line_is_told_with_the_remedy(tmp_path):
    ledger = Office(tmp_path).ledgers[0]
    ledger.write_bytes(ledger.read_bytes()[:-40])
    with pytest.raises(VerificationError, match=r"ledger\.jsonl:2: .*只有一半.*删去这半行"):
        read_ledger(ledger)


@pytest.mark.parametrize(
    "junk", [b"garbage", b"garbage\nmore\n", b"[1]\n", b"{}\n", b"\x00\x01", b"{a\n"]
)
def test_whatever_stands_there_the_officer_is_told_what_to_do(tmp_path, junk):
    ledger = tmp_path / "ledger.jsonl"
    ledger.write_bytes(junk)
    with pytest.raises(VerificationError, match="备份") as told:
        read_ledger(ledger)
    assert ("这个文件不是发布台账" in str(told.value)) is (not junk.startswith(b"{"))


def test_a_ledger_without_its_last_line_end_is_gone_on_with(tmp_path):
    office = Office(tmp_path)
    ledger = office.ledgers[0]
    ledger.write_bytes(ledger.read_bytes().rstrip(b"\n"))
    enter(ledger, load_key(office.key, SECRETS[0]), AT)
    assert check_chain([text for text, _ in ledger_rows(ledger)]).count == 3
    assert len(read_ledger(ledger)) == 2


@pytest.mark.parametrize("damage", ["gone", "empty", "shorter", "exchanged"])
def test_a_ledger_that_lost_what_was_signed_is_told(tmp_path, damage):
    office = Office(tmp_path)
    note_heads(office.key, office.ledgers)
    ledger, other = office.ledgers
    if damage == "gone":
        ledger.unlink()
    elif damage == "exchanged":
        shutil.copy(other, ledger)
    else:
        lines = ledger.read_text().splitlines()
        ledger.write_text("" if damage == "empty" else lines[0] + "\n")
    with pytest.raises(RequestError, match="比上次登记时少了内容"):
        refuse_shortened(office.key, office.ledgers)
    office.key.with_name("ledger.heads.json").write_text("[")
    with pytest.raises(RequestError, match="读不出来"):
        refuse_shortened(office.key, office.ledgers)


def test_a_clock_before_the_last_line_is_told(tmp_path):
    office = Office(tmp_path)
    with pytest.raises(RequestError, match="请先校准时钟"):
        refuse_early(office.ledgers, AT - timedelta(seconds=1))
    refuse_early([*office.ledgers, tmp_path / "none.jsonl"], AT)
