"""Every function that may be given hostile bytes, as `module:name`; nothing else is ever run.

Each takes the bytes and returns what JSON can hold. Its module is imported by keepers only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

TASKS: Mapping[str, str] = {
    "safety": "portal.casework.examined.file_findings:examined",
    "pixels": "portal.casework.examined.picture_pixels:pixels",
    "word-text": "portal.content.files.word_texts:plain_word",
    "word-tables": "portal.content.files.workbook_reading:plain_tables",
    "workbook": "portal.content.files.workbook_reading:plain_sheets",
    "attachment": "portal.lint.attachments:plain_content",
    "annex": "portal.render.annex.annex_reading:fields_of",
    "claim": "portal.proof.recognition:plain_claim",
    "form": "portal.proof.form_page:plain_form",
    "changes": "portal.proof.recognition:plain_changes",
}
