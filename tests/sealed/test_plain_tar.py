"""An archive in an envelope: every shape that is no plain file is refused, and costs nothing."""

import io
import resource
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import SealError
from portal.sealed.envelope import Member, container
from portal.sealed.plain_tar import plain_members


def archive(change=lambda info: None, content=b"x", kind=tarfile.GNU_FORMAT):
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=kind) as tar:
        info = tarfile.TarInfo("objection.json")
        info.size = len(content)
        change(info)
        tar.addfile(info, io.BytesIO(content))
    return target.getvalue()


@given(files=st.lists(st.binary(max_size=2000), max_size=6), document=st.binary(max_size=3000))
def test_everything_that_is_sealed_can_be_read(files, document):
    members = [
        Member(f"files/{number}.pdf", len(data), io.BytesIO(data))
        for number, data in enumerate(files, 1)
    ]
    whole = container("objection.json", document, members).read()
    expected = [
        ("objection.json", document),
        *((m.name, d) for m, d in zip(members, files, strict=True)),
    ]
    assert list(plain_members(whole)) == expected


@pytest.mark.parametrize(
    "kind",
    [
        *(tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE),
        *(tarfile.DIRTYPE, tarfile.CONTTYPE, tarfile.GNUTYPE_SPARSE, tarfile.XHDTYPE, b"g", b"K"),
        *(b"L", b"V", b"x", b"Z", b"\xff"),
    ],
)
def test_what_is_no_plain_file_is_refused(kind):
    def change(info):
        info.type = kind

    with pytest.raises(SealError):
        list(plain_members(archive(change)))


def test_long_names_links_and_extended_headers_are_refused():
    long = archive(lambda info: setattr(info, "name", "a" * 300))
    extended = archive(
        lambda info: info.pax_headers.update({"GNU.sparse.realsize": "6000000000"}),
        kind=tarfile.PAX_FORMAT,
    )
    prefixed = archive(lambda info: setattr(info, "name", "a/" * 60), kind=tarfile.USTAR_FORMAT)
    for data in (long, extended, prefixed):
        with pytest.raises(SealError):
            list(plain_members(data))


def sparse(real=6 * 1024**3):
    """Three kilobytes that say they are six gigabytes: one hole of GNU's sparse format."""
    head = bytearray(tarfile.TarInfo("objection.json").tobuf(tarfile.GNU_FORMAT))
    head[156:157] = tarfile.GNUTYPE_SPARSE
    head[386:398] = b"%011o\0" % (real - 1)
    head[398:410] = b"%011o\0" % 1
    head[483:495] = b"%011o\0" % real
    head[124:136] = b"%011o\0" % 1
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head) + b"x".ljust(512, b"\0") + bytes(1024)


def test_a_sparse_bomb_costs_nothing():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(SealError):
        list(plain_members(sparse()))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


@given(at=st.integers(0, 511), value=st.integers(0, 255), cut=st.integers(0, 2000))
def test_damage_is_refused_or_read_as_plain_bytes(at, value, cut):
    data = bytearray(archive(content=b"y" * 700))
    data[at] = value
    whole = bytes(data[: len(data) - cut])
    try:
        members = list(plain_members(whole))
    except SealError:
        return
    assert sum(len(content) for _, content in members) <= len(whole)
