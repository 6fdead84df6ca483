"""What stands in a filled-in form: its properties and its fields; run by `portal.confined`."""

from __future__ import annotations

import io
from typing import Any

from docx import Document

from portal.render.annex.word_controls import control_values


def fields_of(content: bytes) -> dict[str, Any]:
    """The task: identifier and version of a Word file, and what each field holds."""
    document = Document(io.BytesIO(content))
    properties = document.core_properties
    return {
        "identifier": str(properties.identifier or ""),
        "version": str(properties.version or ""),
        "values": control_values(document),
    }
