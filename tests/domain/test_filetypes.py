"""Which files are taken: by what they are, whatever they are called; the page judges alike."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.filetypes import (
    SCAN_TYPES,
    TYPES,
    clean_name,
    extension_of,
    fault_of,
    named_by_content,
)
from tests.sealed.parts import run

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04\x14\x00" + bytes(24)
HEADS = {
    "jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "jpeg": b"\xff\xd8\xff\xe1",
    "png": b"\x89PNG\r\n\x1a\n",
    "webp": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    "heic": b"\x00\x00\x00\x18ftypheic",
    "heif": b"\x00\x00\x00\x18ftypmif1",
    "pdf": b"%PDF-1.7",
    "doc": OLE,
    "docx": ZIP + b"[Content_Types].xml..word/document.xml",
    "xls": OLE,
    "xlsx": ZIP + b"[Content_Types].xml..xl/workbook.xml",
    "wps": OLE,
    "et": OLE,
    "ofd": ZIP + b"OFD.xml",
    "rtf": b"{\\rtf1\\ansi",
    "mov": b"\x00\x00\x00\x14ftypqt  \x00\x00",
    "3gp": b"\x00\x00\x00\x18ftyp3gp4",
    "m4a": b"\x00\x00\x00\x20ftypM4A ",
    "mp4": b"\x00\x00\x00\x20ftypisom",
    "amr": b"#!AMR\n<\x91",
    "wav": b"RIFF\x24\x08\x00\x00WAVEfmt ",
    "mp3": b"ID3\x04",
}
BAD = {
    "program": b"MZ\x90\x00",
    "script that calls itself a document further on": b"#!/bin/sh\n" + bytes(1100) + b"%PDF-1.7",
    "script": b"#!/bin/sh\n",
    "page": b"<!doctype html><script>",
    "picture with script": b"<svg xmlns=",
    "empty": b"",
    "text": "只是文字".encode(),
    "another sound of this family": b"RIFF\x24\x08\x00\x00AVI ",
}
UNSURE = {"doc", "xls", "wps", "et"}  # their first bytes are those of each other
TWINS = {"jpeg": "jpg", "heif": "heic"}


def test_every_allowed_type_is_tried_here() -> None:
    assert HEADS.keys() == TYPES.keys()


@pytest.mark.parametrize("extension", TYPES)
def test_a_file_that_is_what_it_says_is_taken(extension: str) -> None:
    name = f"证据.{extension.upper()}"
    assert fault_of(name, HEADS[extension] + b"rest") is None
    assert named_by_content(name, HEADS[extension] + b"rest") == name


@pytest.mark.parametrize("extension", sorted(TYPES.keys() - UNSURE))
def test_whatever_it_is_called_it_gets_the_extension_of_its_content(extension: str) -> None:
    head, right = HEADS[extension] + b"rest", TWINS.get(extension, extension)
    assert named_by_content("微信图片_1", head) == f"微信图片_1.{right}"
    assert named_by_content("证据.exe", head) == f"证据.exe.{right}"
    other = "png" if right != "png" else "pdf"
    assert named_by_content(f"证据.{other}", head) == f"证据.{right}"


@pytest.mark.parametrize("extension", TYPES)
@pytest.mark.parametrize("kind", BAD)
def test_a_file_that_is_something_else_is_not(extension: str, kind: str) -> None:
    fault = fault_of(f"证据.{extension}", BAD[kind])
    assert fault is not None
    assert f"“证据.{extension}”" in fault


@pytest.mark.parametrize("name", ["证据.exe", "证据.html", "证据.svg", "证据.pdf.js", "证据"])
@pytest.mark.parametrize("head", [*BAD.values(), OLE, ZIP])
def test_other_names_and_contents_are_refused_with_the_list(name: str, head: bytes) -> None:
    fault = fault_of(name, head)
    assert fault is not None
    assert "jpg、jpeg、png" in fault


def test_a_document_inside_a_program_does_not_make_it_one() -> None:
    assert fault_of("程序.exe", b"MZ" + HEADS["pdf"]) is not None
    assert fault_of("程序", b"MZ" + HEADS["pdf"]) is not None


def test_a_seal_scan_is_a_picture_or_pdf() -> None:
    assert fault_of("章.pdf", HEADS["pdf"], SCAN_TYPES) is None
    assert fault_of("章.mp4", HEADS["mp4"], SCAN_TYPES) is not None
    assert named_by_content("章.mp4", HEADS["heic"], SCAN_TYPES) == "章.heic"


NAMES = st.builds(
    lambda stem, end: clean_name(stem + end),
    st.text(max_size=12) | st.just("字" * 120),
    st.sampled_from(["", ".", ".constructor", ".JPG", ".exe", *(f".{one}" for one in TYPES)]),
)
FIRST = st.one_of(
    st.sampled_from([*HEADS.values(), *BAD.values(), ZIP]),
    st.binary(max_size=40),
    st.builds(lambda a, b: a + b, st.binary(max_size=9), st.sampled_from([*HEADS.values()])),
)


@settings(max_examples=5)
@given(
    st.lists(
        st.tuples(NAMES, FIRST, st.sampled_from([SCAN_TYPES, tuple(TYPES)])),
        min_size=80,
        max_size=120,
    )
)
def test_the_page_names_and_refuses_as_the_server_does(files) -> None:
    told = [[name, head.decode("latin-1"), list(allowed)] for name, head, allowed in files]
    names = run("return given.map((one) => namedByContent(...one));", told)
    assert names == [named_by_content(*file) or "" for file in files]
    for (name, head, allowed), found in zip(files, names, strict=True):
        assert bool(found) == (fault_of(name, head, allowed) is None)
        if found:
            assert extension_of(found) in allowed
            assert TYPES[extension_of(found)].fits(head)
            assert named_by_content(found, head, allowed) == found == clean_name(found)


@given(st.text(max_size=300))
def test_a_name_is_one_short_visible_word(name: str) -> None:
    cleaned = clean_name(name)
    assert 0 < len(cleaned) <= 100 or len(extension_of(cleaned)) > 90
    assert not set(cleaned) & set("/\\\0\n\r\t\u202e")
    assert clean_name(cleaned) == cleaned
