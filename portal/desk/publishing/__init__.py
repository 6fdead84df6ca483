"""公告编发: the pages on which a notice goes from a spreadsheet to the public; no rule is here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.desk.publishing import (
    calendar_page,
    choose_step,
    content_fields,
    content_page,
    content_questions,
    drafts_page,
    list_step,
    preview_step,
    published_acts,
    redact_page,
    run_page,
    send_step,
    text_step,
    time_step,
)
from portal.desk.publishing.draft_room import DraftRoom

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Blueprint

    from portal.desk.services import Desk

_STEPS = (
    drafts_page,
    list_step,
    choose_step,
    text_step,
    time_step,
    send_step,
    run_page,
    published_acts,
    redact_page,
    calendar_page,
    content_page,
    content_questions,
    content_fields,
)


def blueprints(desk: Desk) -> Iterator[Blueprint]:
    """Every page of 公告编发."""
    room = DraftRoom(desk)
    for module in _STEPS:
        yield module.make_blueprint(room)
    yield from preview_step.make_blueprints(room)
