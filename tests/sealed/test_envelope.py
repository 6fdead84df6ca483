"""Envelopes: what goes in comes out, no change on the way is accepted, age alone opens them."""

import io
import random
import subprocess
import tarfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.casework.identities import new_identity
from portal.domain.exchange import read_objection, write_objection
from portal.domain.objection import (
    EntryRef,
    Evidence,
    FileRole,
    Grounds,
    Objection,
    Objector,
    ObjectorKind,
)
from portal.domain.workdays import SHANGHAI
from portal.errors import SealError
from portal.sealed.bech32 import bech32
from portal.sealed.envelope import (
    Header,
    Member,
    container,
    padded_length,
    parse_header,
    read_header,
)
from portal.sealed.receipts import derived
from portal.sealed.sealing import Sealer
from portal.sealed.suites import AGE, SM, suite_named
from tests.codes import new_code

KNOWN = derived(new_code())
HEADER = Header(
    "objection",
    KNOWN.lookup,
    notice="pingding-list",
    office="pingding-office",
    number="YY20211207-7K3QX9PA",
    received=datetime(2021, 12, 7, 10, 0, tzinfo=SHANGHAI),
    reply=KNOWN.reply,
)
IDENTITY, RECIPIENT = new_identity()
SM_IDENTITY, SM_RECIPIENT = new_identity(SM)
TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=60)


def sealed(
    document: bytes, files: list[bytes], header: Header = HEADER, recipient: str = RECIPIENT
) -> bytes:
    out = io.BytesIO()
    members = [Member(f"files/{n}.pdf", len(d), io.BytesIO(d)) for n, d in enumerate(files, 1)]
    Sealer((recipient,)).seal(header, container("objection.json", document, members), out)
    return out.getvalue()


def opened(data: bytes, identity: str = IDENTITY) -> tuple[Header, list[bytes]]:
    stream, plain = io.BytesIO(data), io.BytesIO()
    header = read_header(stream)
    suite_named(header.suite).open(stream, plain, [identity])
    plain.seek(0)
    with tarfile.open(fileobj=plain) as archive:
        return header, [archive.extractfile(m).read() for m in archive]  # type: ignore[union-attr]


@given(st.binary(max_size=3000), st.lists(st.binary(max_size=70_000), max_size=4))
@settings(max_examples=40)
def test_what_is_sealed_comes_out_whole(document: bytes, files: list[bytes]) -> None:
    assert opened(sealed(document, files)) == (HEADER, [document, *files])


def test_an_envelope_says_its_suite_and_its_reply_key_is_of_the_same() -> None:
    """Where the server seals, the suite follows from the keys, and nothing else changes."""
    header = replace(HEADER, reply=derived(new_code(), SM).reply)
    data = sealed(b"x", [b"y"], header, SM_RECIPIENT)
    assert data.startswith(b"portal-envelope/1 sm2-sm4gcm-v1\n" + header.line() + b"\nportal-sm/1")
    found, parts = opened(data, SM_IDENTITY)
    assert (found, parts, found.replies) == (header, [b"x", b"y"], SM)
    with pytest.raises(SealError):
        opened(data, IDENTITY)
    with pytest.raises(SealError, match="头部"):
        opened(sealed(b"x", [], HEADER, SM_RECIPIENT), SM_IDENTITY)
    with pytest.raises(SealError, match="同一套"):
        Sealer((RECIPIENT, SM_RECIPIENT)).seal(HEADER, container("x", b""), io.BytesIO())


def test_no_changed_byte_is_accepted() -> None:
    """Except in the header, where the document's `bound` catches it."""
    data = sealed(b"the document", [b"a file" * 100])
    seed = random.Random(7)
    for place in [*range(50), *(seed.randrange(len(data)) for _ in range(250))]:
        changed = bytearray(data)
        changed[place] ^= 1 << seed.randrange(8)
        try:
            header, _ = opened(bytes(changed))
        except SealError:
            continue
        assert header.bound != HEADER.bound, f"byte {place}"


@given(st.integers(0, 20_000))
@settings(max_examples=60)
def test_a_cut_envelope_is_refused(length: int) -> None:
    data = sealed(b"the document", [])
    if length < len(data):
        with pytest.raises(SealError):
            opened(data[:length])


def test_another_key_opens_nothing() -> None:
    with pytest.raises(SealError, match="密钥不符"):
        opened(sealed(b"x", []), new_identity()[0])


def test_every_recipient_opens_it_and_none_is_an_error() -> None:
    other, public = new_identity()
    out = io.BytesIO()
    Sealer((RECIPIENT, public)).seal(HEADER, container("objection.json", b"x"), out)
    assert opened(out.getvalue(), other) == opened(out.getvalue())
    with pytest.raises(SealError, match="没有收件公钥"):
        Sealer(())


P = 2**255 - 19
# Points with which every shared secret is zero (RFC 7748, 6.1), in all their encodings.
_ROOT = 325606250916557431795983626356110631294008115727848805560023387167927233504
_OTHER = 39382357235489614581723060781553021112529911719440698176882885853963445705823
LOW = [x | top << 255 for x in (0, 1, _ROOT, _OTHER, P - 1, P, P + 1) for top in (0, 1)]


@given(
    st.one_of(
        st.binary(min_size=32, max_size=32),
        st.sampled_from([x.to_bytes(32, "little") for x in LOW]),
    )
)
@example(bytes(32))
def test_whatever_is_called_a_key_can_be_sealed_to(point: bytes) -> None:
    key = bech32("age", point)
    if AGE.takes(key):
        assert int.from_bytes(point, "little") not in LOW
        AGE.seal(io.BytesIO(b"x"), io.BytesIO(), [key])
    else:
        with pytest.raises(SealError):
            AGE.seal(io.BytesIO(b"x"), io.BytesIO(), [key])


def test_debian_age_and_tar_recover_it_without_this_program(tmp_path: Path) -> None:
    (tmp_path / "case.sealed").write_bytes(sealed("异议".encode(), [b"%PDF-1", b"%PDF-2" * 9999]))
    (tmp_path / "key").write_text(IDENTITY)
    line = "tail -n +3 case.sealed | age -d -i key | tar x"
    subprocess.run(["sh", "-ec", line], cwd=tmp_path, check=True)
    assert (tmp_path / "objection.json").read_text(encoding="utf-8") == "异议"
    assert (tmp_path / "files/2.pdf").read_bytes() == b"%PDF-2" * 9999


def test_an_envelope_written_with_age_and_tar_is_read(tmp_path: Path) -> None:
    (tmp_path / "objection.json").write_text("x")
    line = f"printf 'portal-envelope/1 age-x25519-v1\\n%s\\n' '{HEADER.line().decode()}'; "
    line += f"tar c objection.json | age -r {RECIPIENT}"
    done = subprocess.run(["sh", "-ec", line], cwd=tmp_path, check=True, capture_output=True)
    assert opened(done.stdout) == (HEADER, [b"x"])


def test_the_length_tells_little_about_the_text() -> None:
    short, long = (len(sealed(b"x" * n, [])) for n in (100, 14_000))
    assert abs(short - long) < 1000  # age adds a few hundred random bytes


@given(st.integers(1, 1 << 31))
def test_padding_never_shrinks_and_costs_an_eighth_at_most(length: int) -> None:
    padded = padded_length(length)
    assert padded >= length
    assert padded <= max(16 * 1024, length * 1.125)
    assert padded_length(padded) == padded


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b"{",
        b'{"kind":"objection"}',
        b'{"kind":"other","lookup":"' + b"0" * 32 + b'"}',
        b'{"kind":"objection","lookup":"../../../../etc/passwd__________"}',
        b'{"kind":"message","id":"../../x","lookup":"' + b"0" * 32 + b'"}',
        b'{"kind":"objection","lookup":"' + b"0" * 32 + b'","notice":"../x"}',
        b'{"kind": "objection","lookup":"' + b"0" * 32 + b'"}',
        b'{"kind":"objection","lookup":"' + b"0" * 32 + b'","seq":"1"}',
        b'{"extra":1,"kind":"objection","lookup":"' + b"0" * 32 + b'"}',
    ],
)
def test_a_header_this_program_did_not_write_is_refused(line: bytes) -> None:
    with pytest.raises(SealError):
        parse_header(line)


def test_an_unknown_version_or_suite_is_refused() -> None:
    body = sealed(b"x", []).split(b"\n", 1)[1]
    for first in (b"portal-envelope/2 age-x25519-v1", b"portal-envelope/1 sm2-v1", b"x" * 9000):
        with pytest.raises(SealError, match="不受支持"):
            read_header(io.BytesIO(first + b"\n" + body))


def test_a_file_that_shrinks_while_it_is_sealed_is_an_error() -> None:
    content = container("objection.json", b"{}", [Member("files/1.pdf", 10, io.BytesIO(b"short"))])
    with pytest.raises(SealError):
        Sealer((RECIPIENT,)).seal(HEADER, content, io.BytesIO())


def objections() -> st.SearchStrategy[Objection]:
    return st.builds(
        Objection,
        number=TEXT,
        notice=st.just("pingding-list"),
        revision=st.integers(1, 9),
        received=st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31)).map(
            lambda d: d.replace(tzinfo=SHANGHAI)
        ),
        objector=st.builds(Objector, st.sampled_from(ObjectorKind), TEXT, TEXT, TEXT, TEXT, TEXT),
        grounds=st.lists(st.sampled_from(Grounds), unique=True).map(tuple),
        facts=TEXT,
        privacy=TEXT,
        entries=st.lists(st.builds(EntryRef, TEXT, TEXT, TEXT, TEXT), max_size=4).map(tuple),
        evidence=st.lists(
            st.builds(
                Evidence, TEXT, TEXT, st.integers(0, 1 << 40), TEXT, st.sampled_from(FileRole)
            ),
            max_size=4,
        ).map(tuple),
        concerns_office=st.booleans(),
        sensitive=st.booleans(),
    )


@given(objections(), TEXT)
@settings(max_examples=60)
def test_an_objection_survives_its_journey_as_json(objection: Objection, bound: str) -> None:
    assert read_objection(write_objection(objection, bound), bound) == objection


@given(objections())
@settings(max_examples=20)
def test_a_document_in_another_envelope_is_refused(objection: Objection) -> None:
    with pytest.raises(ValueError, match="another envelope header"):
        read_objection(write_objection(objection, "bound"), "other")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"facts": "x" * 20_001}, "facts"),
        ({"facts": 3}, "facts"),
        ({"grounds": ["nonsense"]}, "nonsense"),
        ({"received": "2021-12-07T10:00:00"}, "received"),
        ({"entries": [{}] * 1_001}, "entries"),
        ({"entries": {"name": "x"}}, "entries"),
        ({"evidence": [{"size": -1}]}, "size"),
        ({"concerns_office": "yes"}, "concerns_office"),
        ({"objector": None}, "objector"),
    ],
)
def test_a_document_that_is_not_what_it_should_be_names_its_field(
    change: dict[str, object], field: str
) -> None:
    import json

    objection = Objection(
        "n",
        "s",
        1,
        datetime(2021, 12, 7, tzinfo=SHANGHAI),
        Objector(ObjectorKind.PERSON),
        (),
        "",
        "1",
    )
    document = json.loads(write_objection(objection, "b"))
    document["content"] |= change
    with pytest.raises(ValueError, match=field):
        read_objection(json.dumps(document).encode(), "b")
