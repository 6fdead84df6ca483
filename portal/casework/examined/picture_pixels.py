"""A picture as bare pixels: nothing of the file that was sent reaches who looks at it."""

from __future__ import annotations

import base64
import io
from typing import Any

from PIL import Image, ImageOps

EDGE = 1100
"""The longest side that is shown, in pixels: what one answer of a confined process holds."""
_FORMATS = ("JPEG", "PNG", "WEBP")


def pixels(data: bytes) -> dict[str, Any]:
    """The task: width, height and RGB of a picture, turned as its camera says, made smaller."""
    with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
        picture.draft("RGB", (EDGE, EDGE))
        shown = ImageOps.exif_transpose(picture).convert("RGBA")
        shown.thumbnail((EDGE, EDGE))
        flat = Image.new("RGB", shown.size, "white")
        flat.paste(shown, mask=shown.getchannel("A"))
    return {"size": list(flat.size), "rgb": base64.b64encode(flat.tobytes()).decode()}
