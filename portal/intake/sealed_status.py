"""Looking up a case without its code: the page derives what names and what opens it, and opens it.

The page proves first that it holds the reply key: it opens a challenge that was sealed to that key.
So who knows a lookup alone, from a copy of the drop box, learns nothing here, not even whether the
case is still there: nothing of it is asked before the proof, and every wrong question takes the
same half second from its beginning.
"""

from __future__ import annotations

import base64
import hmac
import io
import re
import time
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request
from flask_wtf.csrf import generate_csrf, validate_csrf
from wtforms import ValidationError

from portal.domain.routing import ESCROW
from portal.intake.case_words import Hole
from portal.intake.in_pieces import added, begun, upload_named, whole
from portal.intake.objection_form import CodeForm, MessageForm
from portal.intake.page_refusals import (
    RefusedError,
    answered,
    answered_whole,
    full,
    refusal,
    refusing,
)
from portal.intake.status_views import CaseSteps
from portal.sealed.envelope import SIZE_LIMIT
from portal.sealed.paper_cases import header_of
from portal.sealed.suites import is_recipient, suite_for
from portal.submission.page_messages import PageMessages
from portal.submission.sealed_cases import letters
from portal.web.context import render

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import BinaryIO

    from portal.intake.service import Intake
    from portal.sealed.envelope import Header

_LOOKUP = re.compile(r"[0-9a-f]{32}")
_SUITES = 2  # reply keys that a page may derive from one code
_CHALLENGE_SECONDS = 600
_SOME_DAY = date(2000, 1, 1)  # and the day after it: the page sets its own in their place
_CHUNK = 256 * 1024
_UNPROVED = "没有核对成功，没有接收。"
_FORM = "查询的内容不完整，没有查询。请重新打开本页。"


@dataclass(frozen=True)
class SealedStatus:
    """From a lookup to what lies sealed for it."""

    steps: CaseSteps

    def challenge(self) -> dict[str, Any]:
        """For each reply key, what only its holder can read; RefusedError."""
        intake = self.steps.intake
        _require_page()
        replies = request.form.getlist("reply")
        if not 0 < len(replies) <= _SUITES or not all(map(is_recipient, replies)):
            raise RefusedError("form", _FORM, HTTPStatus.BAD_REQUEST)
        at = int(intake.clock().timestamp())
        return {"at": at, "sealed": [self._sealed(reply, at) for reply in replies]}

    def _sealed(self, reply: str, at: int) -> str:
        proof, target = self.steps.intake.tokens.proof(reply, at), io.BytesIO()
        suite_for([reply]).seal(io.BytesIO(proof.encode()), target, [reply])
        return base64.b64encode(target.getvalue()).decode()

    def letters(self) -> Response:
        """The case's page without content and the sealed letters, or the look-up form again."""
        steps, began = self.steps, time.monotonic()
        _require_page()
        if request.form.get("typed") == "number":
            return steps.numbered(CodeForm(formdata=None))
        form = request.form
        pairs = zip(form.getlist("reply")[:_SUITES], form.getlist("proof"), strict=False)
        header = self._proved(form.get("lookup", ""), form.get("at", ""), pairs)
        if header is None:
            return steps.wrong(time.monotonic() - began) or steps.unknown(CodeForm(formdata=None))
        box = steps.intake.box
        told = self._told(header)
        stream = letters(told, box.answers(header.lookup), box.looks(header.lookup))
        return Response(stream, content_type="application/octet-stream")

    def message(self) -> dict[str, Any]:
        """Take a later message that the page sealed; RefusedError."""
        request.max_content_length = SIZE_LIMIT
        case, token = self._speaking(), upload_named()
        header = self._in_pieces(token, case) if token else self._as_a_whole(case)
        assert header.received is not None
        return {"received": header.received.isoformat()}

    def begin(self) -> dict[str, Any]:
        """The secret of a later message that comes in pieces; RefusedError."""
        case, messages = self._speaking(), PageMessages(self.steps.intake.submissions)
        return begun(self.steps.intake, lambda source, size: messages.check(source, size, case))

    def _speaking(self) -> Header:
        """The case of a page that proved its reply key, where there is room; RefusedError."""
        steps, began, given = self.steps, time.monotonic(), request.headers
        _require_page()
        pairs = [(given.get("X-Reply", ""), given.get("X-Proof", ""))]
        case = self._proved(given.get("X-Lookup", ""), given.get("X-At", ""), pairs)
        if case is None:
            steps.wrong(time.monotonic() - began)
            raise RefusedError("unknown", _UNPROVED, HTTPStatus.FORBIDDEN)
        if not steps.intake.room():
            raise full()
        return case

    def _as_a_whole(self, case: Header) -> Header:
        source = io.BufferedReader(request.stream, _CHUNK)  # type: ignore[type-var]
        try:
            return self._take(source, request.content_length or 0, case)
        finally:
            while source.read(_CHUNK):  # or browsers hear nothing
                pass

    def _in_pieces(self, token: str, case: Header) -> Header:
        intake = self.steps.intake
        name = intake.pieces.finished(token)
        known = PageMessages(intake.submissions).stored(name, case) if name else None
        if known is not None:
            return known
        with whole(intake, token) as (stream, size):
            header = self._take(stream, size, case)
        intake.pieces.finish(token, header.name)
        return header

    def _take(self, source: BinaryIO, size: int, case: Header) -> Header:
        intake = self.steps.intake
        with refusing():
            return PageMessages(intake.submissions).take(source, size, case, intake.clock)

    def _proved(self, lookup: str, at_text: str, pairs: Iterable[tuple[str, str]]) -> Header | None:
        """The header of the case whose reply key was proved; None for whatever is wrong."""
        intake = self.steps.intake
        now = int(intake.clock().timestamp())
        try:
            at = int(at_text)
        except ValueError:
            return None
        if not now - _CHALLENGE_SECONDS <= at <= now or not _LOOKUP.fullmatch(lookup):
            return None
        proved = {
            reply
            for reply, proof in pairs
            if hmac.compare_digest(intake.tokens.proof(reply, at).encode(), proof.encode())
        }
        if not proved:
            return None
        header = header_of(intake.box, lookup)
        return header if header is not None and header.reply in proved else None

    def _told(self, header: Header) -> dict[str, Any]:
        """What the page needs besides the letters: itself without content, names, keys."""
        steps, intake = self.steps, self.steps.intake
        site = intake.catalogue().site
        form = MessageForm(formdata=None)
        form.token.data = intake.tokens.issue(header.lookup, intake.clock())
        waiting = len(intake.box.messages(header.lookup))
        keys = intake.submissions.keys
        holders = keys.holders(header.notice)
        seals = {slug: keys.recipients(slug, header.notice) for slug in holders if slug != ESCROW}
        return {
            "page": render(steps.context(header, waiting, form, Hole())),
            "number": header.number,
            "notice": header.notice,
            "office": header.office,
            "reply": header.reply,
            "names": {slug: office.name for slug, office in site.offices.items()},
            "main": site.main_office.name,
            "signs": {slug: held["signs"] for slug, held in holders.items() if "signs" in held},
            "seals": {slug: both for slug, both in seals.items() if both},
            "demonstration": header.demonstration,
            "waiting": waiting,
            "calendar": steps.calendar(_SOME_DAY).decode(),
        }


def _require_page() -> None:
    """That a page of ours asks; RefusedError with what it needs to ask anew."""
    try:
        validate_csrf(request.headers.get("X-CSRFToken", ""))
    except ValidationError as error:
        fresh = (("csrf", generate_csrf()),)
        raise RefusedError("stale", "页面已经失效。", HTTPStatus.BAD_REQUEST, fresh) from error


def add_sealed_status_routes(blueprint: Blueprint, intake: Intake) -> None:
    """`/status/challenge`, `/status/sealed`, and of later messages `/sealed` and `/pieces`."""
    status = SealedStatus(CaseSteps(intake))

    @blueprint.post("/status/challenge")
    def challenge() -> Response:
        return answered(status.challenge)

    @blueprint.post("/status/message/sealed")
    def message_of_page() -> Response:
        return answered(status.message)

    @blueprint.post("/status/message/pieces")
    def begin_message() -> Response:
        return answered_whole(status.begin)

    @blueprint.post("/status/message/pieces/more")
    def more_of_message() -> Response:
        return answered_whole(lambda: added(intake))

    @blueprint.post("/status/sealed")
    def letters_of_case() -> Response:
        try:
            return status.letters()
        except RefusedError as refused:
            return refusal(refused)
