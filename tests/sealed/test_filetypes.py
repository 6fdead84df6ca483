"""Which files are taken, by what they are called and by their first bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.sealed.filetypes import SCAN_TYPES, TYPES, clean_name, extension_of, fault_of

HEADS = {
    "jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "jpeg": b"\xff\xd8\xff\xe1",
    "png": b"\x89PNG\r\n\x1a\n",
    "webp": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    "heic": b"\x00\x00\x00\x18ftypheic",
    "pdf": b"%PDF-1.7",
    "doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "docx": b"PK\x03\x04\x14\x00",
    "xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "xlsx": b"PK\x03\x04\x14\x00",
    "wps": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "mp4": b"\x00\x00\x00\x20ftypisom",
    "m4a": b"\x00\x00\x00\x20ftypM4A ",
    "mp3": b"ID3\x04",
}
BAD = {
    "program": b"MZ\x90\x00",
    "page": b"<!doctype html><script>",
    "picture with script": b"<svg xmlns=",
    "empty": b"",
    "text": "只是文字".encode(),
}


def test_every_allowed_type_is_tried_here() -> None:
    assert HEADS.keys() == TYPES.keys()


@pytest.mark.parametrize("extension", TYPES)
def test_a_file_that_is_what_it_says_is_taken(extension: str) -> None:
    assert fault_of(f"证据.{extension.upper()}", HEADS[extension] + b"rest") is None


@pytest.mark.parametrize("extension", TYPES)
@pytest.mark.parametrize("kind", BAD)
def test_a_file_that_is_something_else_is_not(extension: str, kind: str) -> None:
    fault = fault_of(f"证据.{extension}", BAD[kind])
    assert fault is not None
    assert f"“证据.{extension}”" in fault


@pytest.mark.parametrize(
    "name", ["证据.exe", "证据.html", "证据.svg", "证据.pdf.js", "证据", ".pdf "]
)
def test_other_extensions_are_refused_with_the_list(name: str) -> None:
    fault = fault_of(name, HEADS["pdf"])
    assert fault is not None
    assert "jpg、jpeg、png" in fault


def test_a_seal_scan_is_a_picture_or_pdf() -> None:
    assert fault_of("章.pdf", HEADS["pdf"], SCAN_TYPES) is None
    assert fault_of("章.mp4", HEADS["mp4"], SCAN_TYPES) is not None


def test_pictures_from_phones_are_not_taken_for_films() -> None:
    assert fault_of("a.mp4", HEADS["heic"]) is not None
    assert fault_of("a.heic", HEADS["mp4"]) is not None


@given(st.text(max_size=300))
def test_a_name_is_one_short_visible_word(name: str) -> None:
    cleaned = clean_name(name)
    assert 0 < len(cleaned) <= 100 or len(extension_of(cleaned)) > 90
    assert not set(cleaned) & set("/\\\0\n\r\t\u202e")
    assert clean_name(cleaned) == cleaned
