"""The place of a photograph goes when the sender wants it, and nothing else does."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from tests.sealed.parts import run

PLACE = {1: "N", 2: (37.0, 51.0, 24.5), 3: "E", 4: (113.0, 34.0, 51.25), 29: "2026:03:04"}
XMP = b'<x:xmpmeta exif:GPSLatitude="37,51.4N" exif:GPSLongitude="113,34.8E" dc:title="kept"/>'


def picture(form: str, *, placed: bool = True) -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x0132] = "演示手机", "2026:03:04 10:00:00"
    if placed:
        exif.get_ifd(0x8825).update(PLACE)
    made = io.BytesIO()
    image = Image.radial_gradient("L").convert("RGB")
    image.save(made, form, exif=exif, **({"xmp": XMP} if placed else {}))
    return made.getvalue()


def blanked(data: bytes) -> tuple[bool, bytes]:
    script = """
      const bytes = new Uint8Array(Buffer.from(given, "base64"));
      const found = blankPlace(bytes);
      return [found, Buffer.from(bytes).toString("base64")];
    """
    found, text = run(script, base64.b64encode(data).decode())
    return found, base64.b64decode(text)


@pytest.mark.parametrize("form", ["JPEG", "WEBP"])
def test_the_place_is_gone_and_camera_time_and_picture_stay(form: str) -> None:
    data = picture(form)
    assert Image.open(io.BytesIO(data)).getexif().get_ifd(0x8825)
    found, after = blanked(data)
    assert found
    assert len(after) == len(data)
    opened, before = Image.open(io.BytesIO(after)), Image.open(io.BytesIO(data))
    assert not opened.getexif().get_ifd(0x8825)
    assert opened.getexif()[0x0132] == "2026:03:04 10:00:00"
    assert opened.tobytes() == before.tobytes()
    assert b"37,51.4N" in data
    assert b"37,51.4N" not in after
    assert b'dc:title="kept"' in after
    assert blanked(after) == (False, after)


def test_a_picture_of_a_phone_that_no_library_here_opens_is_blanked_in_the_same_way() -> None:
    jpeg = picture("JPEG")
    start = jpeg.index(b"Exif\0\0")
    block = jpeg[start : start + 400]
    data = b"\0\0\0\x18ftypheic" + bytes(300) + b"\0\0\0\x06" + block + bytes(99)
    found, after = blanked(data)
    assert found
    assert after[: 300 + 12] == data[: 300 + 12]
    assert block[:40] in after
    assert block not in after


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "PNG"])
def test_a_picture_without_a_place_is_left_byte_for_byte(form: str) -> None:
    data = picture(form, placed=False)
    assert blanked(data) == (False, data)


def test_broken_blocks_harm_nothing() -> None:
    for block in (b"II*\0\xff\xff\xff\xff", b"MM\0*\0\0\0\x08\xff\xff", b"II*\0\x08\0\0\0\x01\0"):
        data = b"\xff\xd8\xff" + bytes(20) + block + bytes(20)
        assert blanked(data) == (False, data)
