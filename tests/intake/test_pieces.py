"""A sealed envelope in pieces: nothing that came is lost, nobody meets another's, no disk fills."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.intake.intake_options import IntakeLimits
from portal.sealed.dropbox import sum_of
from portal.submission.pieces import GoneError, OffsetError, Pieces
from tests.pagesealed import OBJECTION, Page, evidence
from tests.publicside import CLOSES, Citizen

if TYPE_CHECKING:
    from pathlib import Path

    from tests.publicside import PublicSide

FILE = b"%PDF-" + bytes(range(256)) * 2000


class InPieces(Page):
    """The page, as it sends what is large."""

    def body(self) -> bytes:
        return self.envelope(replace(OBJECTION, evidence=(evidence(FILE),)), [FILE])

    def post(self, path: str, data: bytes, **headers: object) -> tuple[int, dict]:
        answer = self.citizen.client.post(
            f"/objections/{self.slug}/{path}",
            data=data,
            headers={**self.headers, **{k.replace("_", "-"): str(v) for k, v in headers.items()}},
            content_type="application/octet-stream",
            environ_base=self.citizen.environ,
        )
        return answer.status_code, answer.get_json()

    def begin(self, body: bytes, **headers: object) -> tuple[int, dict]:
        first = b"".join(line + b"\n" for line in body.split(b"\n", 2)[:2])
        return self.post("pieces", first, **{"X_Length": len(body), **headers})

    def more(self, token: str, offset: int, piece: bytes) -> tuple[int, dict]:
        return self.post("pieces/more", piece, X_Upload=token, X_Offset=offset)

    def end(self, token: str) -> tuple[int, dict]:
        return self.post("sealed", b"", X_Upload=token)


def parts(side: PublicSide) -> list[Path]:
    return sorted(side.root.rglob("*.part"))


def test_it_arrives_over_interruptions_and_the_receipt_is_that_of_the_whole(side, citizen):
    page = InPieces(citizen)
    body = page.body()
    code, begun = page.begin(body)
    assert code == 200
    token, at = begun["upload"], begun["offset"]
    assert page.end(token) == (409, {"error": "offset", "message": "", "offset": at})
    assert page.more(token, at, body[at : at + 1000])[1] == {"offset": at + 1000}
    # The answer was lost: the page asks from the wrong place, and hears the right one.
    assert page.more(token, at, body[at : at + 1000])[1]["offset"] == at + 1000
    assert page.more(token, 10, b"x" * 50)[1]["offset"] == at + 1000
    at += 1000
    while at < len(body):
        at = page.more(token, at, body[at : at + 200_000])[1]["offset"]
    code, told = page.end(token)
    assert code == 200
    [path] = side.box.inbox.glob("*.sealed")
    assert told["sha256"] == sum_of(path).sha256
    assert parts(side) == []
    # The last answer was lost too.
    side.clock.now = CLOSES
    assert page.end(token) == (200, {**told, "repeated": True})
    [objection] = side.objections()
    assert objection.evidence[0].size == len(FILE)
    _, members = side.open(path)
    assert members["files/1.pdf"] == FILE


def test_what_cannot_be_taken_is_refused_before_it_travels(side, citizen):
    page = InPieces(citizen)
    body = page.body()
    for headers in (
        {"X_Length": 10},
        {"X_Length": len(body) + 1},
        {"X_Length": 1 << 40},
        {"X_Length": "many"},
        {"X_Form_Token": "x"},
        {"X_Privacy": "0"},
    ):
        code, told = page.begin(body, **headers)
        assert (code // 100, bool(told["message"])) == (4, True), headers
    side.clock.now = CLOSES
    assert page.begin(body)[1]["error"] in {"closed", "stale"}
    assert parts(side) == []


def test_only_who_began_it_continues_it(side, citizen):
    page, other = InPieces(citizen), InPieces(Citizen(side, citizen.client.application))
    body, foreign = page.body(), other.body()
    token, theirs = page.begin(body)[1]["upload"], other.begin(foreign)[1]["upload"]
    at = page.more(token, 0, b"")[1]["offset"]
    for wrong in (token[:-1], "0" * 32 + token[32:], "../x", "", "0" * 32 + "-9", token + "0"):
        assert page.more(wrong, at, b"x")[1]["error"] == "gone"
        assert page.end(wrong)[0] == (404 if wrong else 400)
    names = [path.name for path in parts(side)]
    assert not any(secret[:32] in name for secret in (token, theirs) for name in names)
    page.more(token, at, body[at:])
    assert page.end(token)[0] == 200
    assert [path.stat().st_size for path in parts(side)] == [
        len(b"".join(line + b"\n" for line in foreign.split(b"\n", 2)[:2]))
    ]


def test_more_than_was_announced_is_never_stored_and_other_bytes_are_not_taken(side, citizen):
    page = InPieces(citizen)
    body = page.body()
    token = page.begin(body)[1]["upload"]
    at = page.more(token, 0, b"")[1]["offset"]
    wrong = b"x" * (len(body) - at)
    assert page.more(token, at, wrong + b"y" * 5000)[1] == {"offset": len(body)}
    assert parts(side)[0].stat().st_size == len(body)
    code, told = page.end(token)
    assert (code, told["error"]) == (400, "form")
    assert side.objections() == []


def test_quotas_are_counted_once_and_unfinished_ones_have_a_bound(side):
    limits = IntakeLimits(free_bytes=0, submissions_per_address=1, unfinished_bytes=1_000_000)
    app = side.app(limits=limits)
    page = InPieces(Citizen(side, app))
    body = page.body()
    token = page.begin(body)[1]["upload"]
    at = page.more(token, 0, b"")[1]["offset"]
    assert InPieces(Citizen(side, app)).begin(body)[1]["error"] == "quota"
    page.more(token, at, body[at:])
    assert page.end(token)[0] == 200
    page = InPieces(Citizen(side, side.app(limits=IntakeLimits(free_bytes=0, unfinished_bytes=9))))
    assert page.begin(page.body())[1]["error"] == "crowded"
    assert parts(side) == []
    full = side.app(limits=IntakeLimits(free_bytes=1 << 62))
    assert InPieces(Citizen(side, full)).begin(body)[1]["error"] == "full"


class Breaking:
    """A line that fails after so many bytes."""

    def __init__(self, data: bytes, fails: int) -> None:
        self.data, self.fails, self.at = data, fails, 0

    def read(self, size: int) -> bytes:
        if self.at >= self.fails:
            raise OSError("the line is gone")
        piece = self.data[self.at : min(self.at + min(size, 7), self.fails)]
        self.at += len(piece)
        return piece


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.binary(min_size=1, max_size=300),
    tries=st.lists(st.tuples(st.integers(0, 320), st.integers(1, 90)), max_size=9),
)
def test_whatever_fails_when_what_is_here_is_the_beginning_of_what_was_sent(tmp_path, data, tries):
    store = Pieces(tmp_path / "pieces", 1 << 20)
    token = store.begin(len(data), data[:1])
    here = 1
    for anywhere, fails in tries:
        start = here if fails % 2 else anywhere
        line = Breaking(data[start:], fails)
        if start != here:
            with pytest.raises(OffsetError) as told:
                store.append(token, start, line)
            assert told.value.offset == here
        elif fails <= len(data) - start - 1:
            with pytest.raises(OSError, match="line"):
                store.append(token, start, line)
            here += fails
        else:
            here = store.append(token, start, line)
            assert here == len(data)
        [path] = store.root.glob("*.part")
        assert path.read_bytes() == data[:here]
    if here < len(data):
        here = store.append(token, here, Breaking(data[here:], 500))
    stream, size = store.open(token)
    with stream:
        assert (stream.read(), size) == (data, len(data))
    store.finish(token, "a" * 32)
    with pytest.raises(GoneError):
        store.append(token, 0, Breaking(data, 9))
    assert store.finished(token) == "a" * 32
    for path in store.root.iterdir():
        path.unlink()


def test_two_at_once_do_not_mix(tmp_path):
    store = Pieces(tmp_path, 1 << 20)
    token = store.begin(9, b"0")
    inside, go = threading.Event(), threading.Event()

    class Slow:
        def read(self, size: int) -> bytes:
            if inside.is_set():
                return b""
            inside.set()
            go.wait()
            return b"12345678"

    first = threading.Thread(target=store.append, args=(token, 1, Slow()))
    first.start()
    inside.wait()
    with pytest.raises(OffsetError):
        store.append(token, 1, Breaking(b"abcdefgh", 99))
    go.set()
    first.join()
    stream, _ = store.open(token)
    with stream:
        assert stream.read() == b"012345678"


def test_what_nobody_continues_is_swept_and_no_longer_counted(tmp_path):
    store = Pieces(tmp_path, 1000)
    old = store.begin(900, b"0")
    assert store.begin(200, b"0") is None
    [path] = tmp_path.glob("*.part")
    stamp = path.stat().st_mtime
    os.utime(path, (stamp - 700, stamp - 700))
    new = store.begin(200, b"0")
    assert new
    assert store.append(old, 1, Breaking(b"x", 9)) == 2
    os.utime(path, (stamp - 99_999, stamp - 99_999))
    assert store.sweep(stamp, 43_200) == 1
    with pytest.raises(GoneError):
        store.open(old)
    assert store.append(new, 1, Breaking(b"x" * 300, 400)) == 200
