"""The alarm tells whatever single thing is broken, each address on its own, once and when over."""

import errno
import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.sealed.dropbox import publish_bytes
from portal.watching import alarm as alarm_module
from portal.watching.alarm import Alarm, Post
from portal.watching.alarm_notes import second_place
from portal.watching.findings import Check, Finding, Level, examine, good
from tests.publicside import OPEN

ADDRESSES = ("a@example.org", "b@example.org", "c@example.org")
CHECKS = {"disk": "磁盘", "keys": "公钥", "ledger": "台账"}
REFUSED = OSError(errno.ECONNREFUSED, "refused")


class Mails:
    """A server that takes mails, but for the addresses it refuses."""

    def __init__(self):
        self.sent, self.refuses = [], frozenset()

    def send(self, recipient, subject, body):
        if recipient in self.refuses:
            raise REFUSED
        self.sent.append((recipient, subject, body))

    def to(self, address):
        return [(subject, body) for to, subject, body in self.sent if to == address]


def looked(bad, names=tuple(CHECKS)):
    checks = [
        Check(
            name,
            CHECKS[name],
            lambda _now, name=name: (
                Finding(Level.BAD, "坏了", "修好") if name in bad else good("好")
            ),
        )
        for name in names
    ]
    return examine(checks, OPEN)


class Watched:
    """One installation that is looked at every five minutes."""

    def __init__(self, root):
        self.state, self.second = root / "state", root / "second/notes"
        self.second.parent.mkdir()
        self.state.mkdir()
        self.mails, self.runs = Mails(), 0

    def tell(self, bad=(), names=tuple(CHECKS), to=ADDRESSES, hours=0.0):
        self.runs += 1
        now = OPEN + timedelta(minutes=5 * self.runs, hours=hours)
        alarm = Alarm(self.state, self.second)
        return alarm.tell(looked(bad, names), now, Post(self.mails, to))

    @property
    def file(self):
        return self.state / "alarm.txt"


def full(tmp, target, data):
    raise OSError(errno.ENOSPC, "full")


STEPS = st.lists(
    st.tuples(
        st.sets(st.sampled_from(sorted(CHECKS))),
        st.sampled_from(["", "gone", "full", "no second", "a folder", "a file"]),
        st.sampled_from([(), ("b@example.org",), ("a@example.org", "c@example.org"), ADDRESSES]),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_each_address_that_can_be_reached_hears_of_each_fault_once_and_of_its_end_once(steps):
    with tempfile.TemporaryDirectory() as folder, patch.object(os, "fsync"):  # no power is cut
        here = Watched(Path(folder))
        for bad, broken, refused in steps:
            here.mails.refuses = frozenset(refused)
            with broken_place(here, broken):
                for _ in range(3):  # what lasts is told once, however often it is found
                    outcome = here.tell(bad)
                reached = [a for a in ADDRESSES if a not in refused]
                for address in reached:
                    mails = here.mails.to(address)
                    last = mails[-1][1] if mails else ""
                    for name, title in CHECKS.items():
                        assert (f"{title}：" in last.split("已消除：")[0]) is (name in bad)
                assert outcome.told or not reached or refused
                if broken in {"", "no second"}:
                    assert here.file.exists() is bool(bad or pending(here, refused))
            here.tell(bad)  # between two things that break both places are whole
        here.mails.refuses = frozenset()
        for _ in range(3):
            here.tell()
        assert not here.file.exists()
        for address in ADDRESSES:
            mails = here.mails.to(address)
            bodies = [body.split("\n", 1)[1] for _, body in mails]
            assert all(one != other for one, other in pairwise(bodies))
            assert not mails or mails[-1][0].endswith("故障已消除")
            ends = [n for n, (subject, _) in enumerate(mails) if subject.endswith("故障已消除")]
            assert all(after - before > 1 for before, after in pairwise(ends))


def pending(here, refused):
    """Whether an address that is refused waits for a mail."""
    kept = json.loads((here.state / "alarm.sent.json").read_bytes())
    return set(kept["refused"]) & set(refused)


@contextmanager
def broken_place(here, how):
    """One thing at a time: the state folder is away, cannot be written to, or notes are lost."""
    away = here.state.with_name("away")
    if how in {"gone", "a file"}:
        here.state.rename(away)
    if how == "a file":
        here.state.write_text("")
    if how in {"no second", "a folder"}:
        here.second.unlink(missing_ok=True)
    if how == "a folder":
        here.second.mkdir()
    with patch.object(alarm_module, "publish_bytes", full if how == "full" else publish_bytes):
        yield
    if how == "a file":
        here.state.unlink()
    if away.exists():
        away.rename(here.state)
    if how == "a folder":
        here.second.rmdir()


def test_an_alarm_lasts_is_told_again_daily_and_names_what_is_over(tmp_path):
    here = Watched(tmp_path)
    to = ADDRESSES[:2]
    here.tell({"disk"}, to=to)
    assert "坏了。修好" in here.file.read_text()
    here.tell({"disk"}, to=to, hours=23)
    assert len(here.mails.sent) == 2
    here.tell({"disk"}, to=to, hours=25)
    assert len(here.mails.sent) == 4
    here.tell({"keys"}, to=to, hours=26)
    assert here.mails.sent[-1][2].endswith("已消除：磁盘\n")
    here.tell({"keys"}, to=to, hours=-99)  # a clock that was set back
    here.tell({"keys"}, to=ADDRESSES, hours=-98.9)
    assert len(here.mails.to("c@example.org")) == 1
    here.tell(to=ADDRESSES, hours=27)
    assert {subject for subject, _ in (here.mails.to(a)[-1] for a in ADDRESSES)} == {
        "质量奖公示平台：故障已消除"
    }


def test_what_could_not_be_looked_for_is_not_called_over(tmp_path):
    here = Watched(tmp_path)
    here.tell({"disk", "keys"})
    here.tell({"disk"}, names=("disk",))
    assert len(here.mails.sent) == 3
    here.tell({"disk", "keys"})
    assert len(here.mails.sent) == 3
    here.tell({"disk"})
    assert all("已消除：公钥" in here.mails.to(a)[-1][1] for a in ADDRESSES)


def test_a_refused_address_is_a_fault_that_the_others_hear_of(tmp_path):
    here = Watched(tmp_path)
    here.mails.refuses = frozenset({"b@example.org"})
    assert here.tell({"disk"}).told
    here.tell({"disk"})
    said = "寄不到 b@example.org：对方没有应答"
    assert all(said in here.mails.to(a)[-1][1] for a in ("a@example.org", "c@example.org"))
    assert said in here.file.read_text()
    here.tell(to=("a@example.org", "c@example.org"))
    assert all(
        here.mails.to(a)[-1][0].endswith("已消除") for a in ("a@example.org", "c@example.org")
    )
    assert not here.file.exists()


def test_nothing_that_can_tell_is_an_alarm_not_given(tmp_path):
    here = Watched(tmp_path)
    shutil.rmtree(here.state)
    assert here.tell({"disk"}).told
    here.mails.refuses = frozenset(ADDRESSES)
    outcome = here.tell({"keys"})
    assert not outcome.told
    assert not here.state.exists(), "the folder of a disk that is not there"
    shutil.rmtree(here.second.parent)
    assert any("记不下" in words for words in here.tell({"keys"}).words)


def test_notes_that_are_damaged_or_from_before_are_read_as_far_as_they_can_be(tmp_path):
    here = Watched(tmp_path)
    own = here.state / "alarm.sent.json"
    for junk in (b"", b"half a l", b"[]", b'{"told": 7}', b'{"told": {"a": {}}}', b"\xff" * 9):
        here.tell({"disk"})
        for place in (own, here.second):
            place.write_bytes(junk)
        before = len(here.mails.sent)
        here.tell({"disk"})
        assert len(here.mails.sent) == before + 3
    for place in (own, here.second):
        place.write_text(json.dumps({"names": ["disk"], "at": OPEN.isoformat()}))
    before = len(here.mails.sent)
    here.tell({"disk"})
    assert len(here.mails.sent) == before
    here.tell()
    assert len(here.mails.sent) == before + 3


def test_the_second_place_is_closed_to_others_and_nobody_elses(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    place = second_place(tmp_path / "state", "")
    assert place
    assert place.parent.stat().st_mode & 0o077 == 0
    assert place != second_place(tmp_path / "other", "")
    place.parent.chmod(0o755)
    assert second_place(tmp_path / "state", "") is None
    (tmp_path / "run").mkdir(mode=0o700)
    assert second_place(tmp_path / "state", f"{tmp_path}/run:/other").parent == tmp_path / "run"
    assert second_place(tmp_path / "state", str(tmp_path / "none")) is None
