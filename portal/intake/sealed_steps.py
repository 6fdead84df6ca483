"""Taking what a page has sealed: the same gate as the form's, answered in JSON."""

from __future__ import annotations

import io
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from portal.domain.key_prints import fingerprint
from portal.domain.routing import office_for
from portal.form.frozen_form import ESCROW_NAME, sealing_settings
from portal.intake.form_tokens import FORM_HEADER
from portal.intake.in_pieces import upload_named, whole
from portal.intake.page_refusals import SHUT, RefusedError, answered, full, refusing
from portal.sealed.envelope import SIZE_LIMIT
from portal.sealed.receipts import raw_public
from portal.sealed.suites import suite_for
from portal.submission.page_sealed import Arriving, PageSubmissions, Taken

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from portal.domain.notice import Notice
    from portal.intake.service import Intake, Window
    from portal.sealed.envelope import Header

_CHUNK = 256 * 1024
_PRIVACY = "个人信息告知书有了新版本，请重新打开本页，看过后再提交。"
_OLD_KEYS = "这次公示的密钥已经更换，请重新打开本页，填好以后再提交，没有接收。"
_READY = "这次公示的网上受理还没有准备好，没有接收。"


@dataclass(frozen=True)
class SealedSteps:
    """From the page's one request to the receipt."""

    intake: Intake

    def offices(self, notice: Notice) -> dict[bool, str]:
        """Where an objection goes, by whether it concerns the office itself."""
        routes = {own: self.intake.route(notice, concerns_office=own) for own in (False, True)}
        return {own: office for own, office in routes.items() if office}

    def prints(self, notice: Notice) -> tuple[tuple[str, str], ...]:
        """Whom an objection is sealed to, and the fingerprint of each key."""
        intake, keys = self.intake, self.intake.submissions.keys
        found = {}
        for slug in self.offices(notice).values():
            office, escrow = keys.recipients(slug, notice.slug)
            found[intake.catalogue().site.offices[slug].name] = fingerprint(office)
            found[ESCROW_NAME] = fingerprint(escrow)
        return tuple(found.items())

    def signers(self, notice: Notice) -> tuple[tuple[str, str], ...]:
        """Who signs receipt and answers, and the fingerprint of each key: for the receipt."""
        intake, keys = self.intake, self.intake.submissions.keys
        found = [
            ("本网站（回执）", fingerprint(raw_public(intake.submissions.signer.public_pem())))
        ]
        for slug in self.offices(notice).values():
            if signs := keys.signs(slug, notice.slug):
                name = intake.catalogue().site.offices[slug].name
                found.append((f"{name}（答复）", fingerprint(signs)))
        return tuple(found)

    def settings(self, notice: Notice) -> str:
        """What the page must know to seal, as JSON for the form's attribute."""
        intake, keys = self.intake, self.intake.submissions.keys
        site = intake.catalogue().site
        offices = {}
        for own, slug in self.offices(notice).items():
            recipients = keys.recipients(slug, notice.slug)
            offices["above" if own else "first"] = {
                "slug": slug,
                "name": site.offices[slug].name,
                "keys": recipients,
            }
        return sealing_settings(
            notice, site, intake.url(), offices=offices, signers=self.signers(notice)
        )

    def answer(self, slug: str) -> Response:
        """Take it, or say why not; the rest of the body is read, or browsers hear nothing."""
        request.max_content_length = SIZE_LIMIT
        source = io.BufferedReader(request.stream, _CHUNK)  # type: ignore[type-var]
        token = upload_named()
        response = answered(
            lambda: _told(
                self._take_pieces(slug, token) if token else self._take_whole(slug, source)
            )
        )
        while source.read(_CHUNK):
            pass
        return response

    def _take_whole(self, slug: str, source: BinaryIO) -> Taken:
        notice = self.sending(slug)
        size = request.content_length or 0
        return self._take(notice, source, size, self.require_quota)

    def _take_pieces(self, slug: str, token: str) -> Taken:
        """What has arrived in pieces; it was counted when it was begun."""
        intake, notice = self.intake, self.sending(slug)
        name = intake.pieces.finished(token)
        known = PageSubmissions(intake.submissions).stored(name) if name else None
        if known is not None:
            return known
        with whole(intake, token) as (stream, size):
            taken = self._take(notice, stream, size)
        intake.pieces.finish(token, taken.header.name)
        return taken

    def sending(self, slug: str) -> Notice:
        """The notice that a page of ours sends to; RefusedError."""
        notice = self.intake.catalogue().by_slug.get(slug)
        if notice is None:
            raise RefusedError("unknown", "没有找到这份公告，没有接收。", HTTPStatus.NOT_FOUND)
        self._require_page(slug)
        return notice

    def arriving(self, notice: Notice, source: BinaryIO, size: int) -> Arriving:
        """An envelope whose line was read and found right; SealError."""
        return Arriving.read(source, size, notice, self._may_receive(notice))

    def _take(
        self,
        notice: Notice,
        source: BinaryIO,
        size: int,
        count: Callable[[Window], None] = lambda _: None,
    ) -> Taken:
        intake, pages = self.intake, PageSubmissions(self.intake.submissions)
        with refusing():
            arriving = self.arriving(notice, source, size)
            if before := pages.again(arriving):
                return before
            count(self.require_open(notice.slug, arriving.header))
            return pages.take(arriving, notice, lambda: intake.decide(notice))

    def _may_receive(self, notice: Notice) -> frozenset[str]:
        """Every office that a header may name, whether it has its keys or not."""
        intake = self.intake
        site, above = intake.catalogue().site, intake.options.supervisor
        found = (
            office_for(notice, site, concerns_office=own, supervisor=above) for own in (False, True)
        )
        return frozenset(filter(None, found))

    def _require_page(self, slug: str) -> None:
        """That a page of ours sends it, not faster than people type.

        Its token travels in a header of its own, which no browser lets a page of another site send
        (there is no CORS here), so that neither a cookie nor a session is needed.
        """
        intake, now = self.intake, self.intake.clock()
        token = intake.tokens.read(slug, request.headers.get(FORM_HEADER, ""))
        if token is None:
            # Nobody but a page of this site can read the answer, and so what it needs anew.
            fresh = (("token", intake.tokens.issue(slug, now)),)
            raise RefusedError("stale", "页面已经失效。", HTTPStatus.BAD_REQUEST, fresh)
        wait = intake.options.limits.minimum_seconds - (int(now.timestamp()) - token.opened)
        if 0 < wait <= intake.options.limits.minimum_seconds:
            raise RefusedError(
                "fast", "提交得太快。", HTTPStatus.TOO_MANY_REQUESTS, (("wait", wait),)
            )
        if request.headers.get("X-Privacy") != intake.options.privacy:
            raise RefusedError("privacy", _PRIVACY)

    def require_open(self, slug: str, header: Header) -> Window:
        """The window, open and with room, and with the keys of what is sent; RefusedError."""
        intake = self.intake
        window = intake.window(slug)
        if isinstance(window, Response):
            raise RefusedError("unknown", "这份公告不接收异议。", HTTPStatus.NOT_FOUND)
        if window.shut:
            raise RefusedError(window.shut, SHUT[window.shut])
        keys = intake.submissions.keys.recipients(header.office, slug)
        if not keys:
            raise RefusedError("not-ready", _READY, HTTPStatus.SERVICE_UNAVAILABLE)
        if suite_for(keys).name != header.suite:
            raise RefusedError("form", _OLD_KEYS, HTTPStatus.BAD_REQUEST)
        if not intake.room():
            raise full()
        return window

    def require_quota(self, window: Window) -> None:
        """Count one more objection; RefusedError with the proof of work that is asked."""
        refusal = self.intake.over_quota(window, request.headers.get("X-Work", ""))
        if refusal is not None:
            work = self.intake.work.challenge(window.notice.slug, window.now)
            more = (("wait", refusal.wait), ("work", work))
            raise RefusedError("quota", refusal.limit.what, HTTPStatus.TOO_MANY_REQUESTS, more)


def _told(taken: Taken) -> dict[str, Any]:
    header = taken.header
    assert header.received is not None
    return {
        "number": header.number,
        "received": header.received.isoformat(),
        "signed": taken.signed,
        "sha256": taken.sha256,
        "repeated": taken.repeated,
    }


def add_sealed_routes(blueprint: Blueprint, intake: Intake) -> None:
    """`/<slug>/sealed`."""
    steps = SealedSteps(intake)

    @blueprint.post("/<slug>/sealed")
    def sealed(slug: str) -> Response:
        return steps.answer(slug)
