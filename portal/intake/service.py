"""What every view of the form needs: catalogue, clock, stores, quotas; the pages that refuse."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Response, request

from portal.domain.routing import office_for, office_to_reach
from portal.domain.window import WindowState
from portal.form.frozen_form import form_head
from portal.intake.intake_contexts import RefusedContext, ShutContext
from portal.intake.objection_form import SendForm
from portal.submission.counters import Counters, Limit, Refusal, free_bytes
from portal.submission.pieces import Pieces
from portal.web.context import render

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from portal.content.catalogue import Catalogue
    from portal.domain.notice import Notice, Status
    from portal.domain.places import Office
    from portal.intake.form_tokens import Tokens
    from portal.intake.intake_options import IntakeOptions
    from portal.sealed.boxes import Box
    from portal.submission.form_drafts import DraftStore
    from portal.submission.proof_of_work import Work
    from portal.submission.submitting import Submissions
    from portal.web.context import Context
    from portal.web.page import PageHead
    from portal.web.shown_again import Pages

_SHUT_TITLES = {
    "scheduled": "公示尚未开始",
    "closed": "公示期已经届满",
    "withdrawn": "这份公告已经撤回",
    "no-window": "这份公告不设公示期",
    "not-ready": "暂时不能在线提交",
    "unknown": "没有找到这份公告",
}
_SHUT_CODES = {
    "withdrawn": HTTPStatus.GONE,
    "no-window": HTTPStatus.NOT_FOUND,
    "unknown": HTTPStatus.NOT_FOUND,
    "not-ready": HTTPStatus.SERVICE_UNAVAILABLE,
}


@dataclass(frozen=True, slots=True)
class Window:
    """A notice whose window is asked about, at one instant."""

    notice: Notice
    status: Status
    opens: datetime
    now: datetime

    @property
    def shut(self) -> str:
        """Why the form is not offered, or the empty string."""
        if self.status.withdrawn:
            return "withdrawn"
        if self.status.window is WindowState.CLOSED:
            return "closed"
        if self.status.window is WindowState.SCHEDULED or self.now < self.opens:
            return "scheduled"
        return ""


@dataclass(frozen=True, slots=True)
class Again:
    """What the page of a used-up quota needs to send the same draft after proof of work."""

    action: str
    token: str
    challenge: str


@dataclass(frozen=True)
class Intake:
    """Shared by the views; they ask it for everything outside the request."""

    catalogue: Callable[[], Catalogue]
    clock: Callable[[], datetime]
    options: IntakeOptions
    submissions: Submissions
    drafts: DraftStore
    pages: Pages
    quotas: Counters
    tokens: Tokens
    work: Work
    pause: Callable[[float], None]

    @property
    def box(self) -> Box:
        """The drop box."""
        return self.submissions.box

    @property
    def pieces(self) -> Pieces:
        """Envelopes that arrive in pieces; they go with the drafts."""
        return Pieces(self.drafts.root / "pieces", self.options.limits.unfinished_bytes)

    def url(self, *parts: str) -> str:
        """Address of a page of the form."""
        return "/".join((f"{self.options.root}{self.options.prefix}", *parts))

    def head(
        self, title: str, *, path: str = "", demonstration: bool = False, error: bool = False
    ) -> PageHead:
        """Head of a page; without a lasting `path` search engines leave it out."""
        return form_head(title, path, demonstration=demonstration, error=error)

    def page(self, context: Context, code: int = HTTPStatus.OK) -> Response:
        """Render a context by its template."""
        return Response(render(context), code, mimetype="text/html")

    def window(self, slug: str) -> Window | Response:
        """The window of a notice, or the page that says there is none."""
        now = self.clock()
        catalogue = self.catalogue().as_of(now)
        notice = catalogue.notice(slug)
        if notice is None:
            return self.shut("unknown", None)
        opens = notice.opens_at()
        if opens is None:
            return self.shut("no-window", notice)
        return Window(notice, catalogue.status(notice, now), opens, now)

    def route(self, notice: Notice, *, concerns_office: bool) -> str | None:
        """The office an objection goes to, if it has its keys."""
        office = office_for(
            notice,
            self.catalogue().site,
            concerns_office=concerns_office,
            supervisor=self.options.supervisor,
        )
        return office if self.submissions.ready(office, notice.slug) else None

    def contact(self, notice: Notice | None = None) -> Office:
        """Whom to reach otherwise: the notice's office if it can be reached, else the main one."""
        return office_to_reach(notice, self.catalogue().site)

    def shut(
        self,
        reason: str,
        notice: Notice | None,
        *,
        attempted: bool = False,
    ) -> Response:
        """The page of a notice that takes no objections now; `attempted` after a form was sent."""
        title = _SHUT_TITLES[reason]
        code = _SHUT_CODES.get(reason, HTTPStatus.CONFLICT if attempted else HTTPStatus.OK)
        context = ShutContext(
            page=self.head(title, demonstration=bool(notice and notice.demonstration)),
            office=self.contact(notice),
            reason=reason,
            notice=notice,
            attempted=attempted,
            opens=notice.opens_at() if notice else None,
        )
        return self.page(context, code)

    def address(self) -> str:
        """The scope under which the visitor's address is counted."""
        return self.quotas.address_key(request.remote_addr or "", self.clock())

    def room(self) -> bool:
        """Whether the disk has room for one more upload."""
        return free_bytes(self.drafts.root) > self.options.limits.free_bytes

    def refused(
        self,
        title: str,
        message: str,
        *,
        wait: int = 0,
        notice: Notice | None = None,
        again: Again | None = None,
        code: HTTPStatus = HTTPStatus.SERVICE_UNAVAILABLE,
    ) -> Response:
        """A helpful refusal with the other channels; `again` offers proof of work."""
        context = RefusedContext(
            page=self.head(title, demonstration=bool(notice and notice.demonstration)),
            office=self.contact(notice),
            title=title,
            message=message,
            wait=wait,
            action=again.action if again else "",
            token=again.token if again else "",
            form=SendForm(formdata=None) if again else None,
            work=again.challenge if again else "",
        )
        response = self.page(context, HTTPStatus.TOO_MANY_REQUESTS if wait else code)
        if wait:
            response.headers["Retry-After"] = str(wait)
        return response

    def over(
        self, refusal: Refusal, notice: Notice | None = None, again: Again | None = None
    ) -> Response:
        """The page of a quota that is used up."""
        what, wait = refusal.limit.what, refusal.wait
        return self.refused("现在提交的人太多", what, wait=wait, notice=notice, again=again)

    def full(self, notice: Notice | None = None) -> Response:
        """The page of a full disk."""
        message = "服务器的存储空间不足，为了不丢失任何一份异议，暂时停止在线接收。"
        return self.refused("暂时不能在线提交", message, notice=notice)

    def draft_limits(self) -> tuple[Limit, ...]:
        """What one more upload counts against."""
        scope, count = f"draft:{self.address()}", self.options.limits.drafts_per_address
        return (Limit(scope, count, "同一网络在一小时内提交的次数太多。"),)

    def send_limits(self, notice: Notice, *, worked: bool = False) -> tuple[Limit, ...]:
        """What one more objection counts against; proof of work widens the quotas, not for ever."""
        limits = self.options.limits
        times = limits.worked_times if worked else 1
        return (
            Limit(
                f"address:{self.address()}",
                limits.submissions_per_address * times,
                "同一网络在一小时内提交的异议达到了上限。",
            ),
            Limit(
                f"window:{notice.slug}",
                limits.submissions_per_window * times,
                "这次公示在一小时内收到的异议达到了上限。",
            ),
            Limit("all", limits.submissions * times, "本网站在一小时内收到的异议达到了上限。"),
        )

    def over_quota(self, window: Window, solved: str) -> Refusal | None:
        """The quota that is used up, unless proof of work came along; it goes only so far."""
        notice, now = window.notice, window.now
        refusal = self.quotas.take(self.send_limits(notice), now)
        if refusal and solved and self.work.accept(solved, notice.slug, now, self.quotas):
            refusal = self.quotas.take(self.send_limits(notice, worked=True), now)
        return refusal

    def decide(self, notice: Notice) -> tuple[datetime, Status]:
        """The server's clock, and the status of a notice then."""
        now = self.clock()
        return now, self.catalogue().status(notice, now)
