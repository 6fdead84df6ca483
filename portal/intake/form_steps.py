"""The form and the check page: keep what was typed and chosen, say what is wrong, show it all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Response, redirect, request
from werkzeug.datastructures import MultiDict

from portal.domain.objection import FileRole, ObjectorKind
from portal.domain.objection_rules import SAY
from portal.domain.routing import takes_anonymous
from portal.form.form_contexts import FormContext
from portal.form.frozen_form import has_form, sealable
from portal.form.objection_fields import ObjectionForm, entry_value, faults_of
from portal.intake.answers import files_of, rows_of
from portal.intake.intake_contexts import CheckContext
from portal.intake.objection_form import SendForm
from portal.intake.sealed_steps import SealedSteps
from portal.intake.uploads import keep_uploads
from portal.submission.form_drafts import Draft
from portal.web.form_base import FieldError, errors_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from werkzeug.wrappers import Response as AnyResponse

    from portal.domain.notice import Notice
    from portal.intake.form_tokens import FormToken
    from portal.intake.service import Intake, Window
    from portal.submission.form_drafts import DraftFile

WAY = "way"
"""In the address of the app's own form: `server` seals here, anything else in the page."""

_NOT_KEPT = ("csrf_token", "token", "remove", "action")
_LOST = "页面已经失效，文字和文件都还在，请核对后再提交一次"
_TOO_FAST = "提交得太快，没有处理；请核对填写的内容，再提交一次"
_NEW_PRIVACY = "个人信息告知书有了新版本，请看过后再提交一次"
_NO_WAY = "这类异议不能在本网站提交，请通过页面下方的其他渠道，或者向上一级机关、纪检监察机关反映"


def _concerns(intake: Intake, notice: Notice) -> str:
    """Name of the office one level up that would receive the objection, if there is one."""
    slug = intake.route(notice, concerns_office=True)
    return intake.catalogue().site.offices[slug].name if slug else ""


@dataclass(frozen=True)
class FormSteps:
    """From the empty form to check your answers."""

    intake: Intake

    def open_window(self, slug: str, *, attempted: bool = False) -> Window | Response:
        """The window of a notice if it takes objections now; else the page that says why not."""
        window = self.intake.window(slug)
        if isinstance(window, Response):
            return window
        reason = window.shut
        if not reason and not self.intake.route(window.notice, concerns_office=False):
            reason = "not-ready"
        if reason:
            return self.intake.shut(reason, window.notice, attempted=attempted)
        return window

    def anonymous(self, notice: Notice) -> bool:
        """Whether the office of a notice takes anonymous tips."""
        return takes_anonymous(notice, self.intake.catalogue().site, self.intake.options.anonymous)

    def offer(self, form: ObjectionForm, notice: Notice) -> None:
        """Set what can be chosen and left in a form."""
        form.offer(notice, anonymous=self.anonymous(notice), tells=self.intake.options.tells)

    def show_form(
        self,
        notice: Notice,
        form: ObjectionForm,
        files: Sequence[DraftFile] = (),
        errors: tuple[FieldError, ...] = (),
        code: int = HTTPStatus.OK,
        *,
        sealing: str = "",
        leads: bool = False,
    ) -> Response:
        """Render the form in its present state; `sealing` lets the page seal what is typed.

        `leads`: to the frozen page, where there is one with the same keys.
        """
        intake, agreed = self.intake, self.agreed(notice)
        title = "提出异议"
        context = FormContext(
            page=intake.head(
                title,
                path="" if errors else f"{intake.options.prefix}/{notice.slug}/new",
                demonstration=notice.demonstration,
                error=bool(errors),
            ),
            office=intake.contact(notice),
            action=intake.url(notice.slug, "new"),
            notice=notice,
            form=form,
            errors=errors,
            evidence=tuple(f for f in files if f.role is FileRole.EVIDENCE),
            scans=tuple(f for f in files if f.role is FileRole.SEAL_SCAN),
            anonymous=self.anonymous(notice),
            concerns=_concerns(intake, notice),
            tells=tuple(sorted(intake.options.tells)),
            sealing=sealing,
            prints=SealedSteps(intake).prints(notice),
            frozen=f"{intake.url(notice.slug)}/" if leads and agreed else "",
            differing=agreed is False,
        )
        return intake.page(context, code)

    def agreed(self, notice: Notice) -> bool | None:
        """Whether the ledger has the keys that this server seals to; None where it has none."""
        catalogue, keys = self.intake.catalogue(), self.intake.submissions.keys
        if not has_form(catalogue, notice):
            return None
        known = sealable(catalogue.ledger.window_keys(notice.slug))
        offices = SealedSteps(self.intake).offices(notice).values()
        return all(keys.recipients(slug, notice.slug) == known.get(slug) for slug in offices)

    def instead(self, slug: str) -> AnyResponse | None:
        """What is shown in place of the frozen form: why it is shut, or the app's own form."""
        window = self.intake.window(slug)
        if isinstance(window, Response):
            return window
        if window.shut not in ("", "scheduled"):
            return self.intake.shut(window.shut, window.notice)
        if has_form(self.intake.catalogue(), window.notice):
            return None
        query = request.query_string.decode("ascii", "replace")
        address = self.intake.url(slug, "new") + (f"?{query}" if query else "")
        return Response(status=HTTPStatus.SEE_OTHER, headers={"Location": address})

    def first(self, window: Window) -> Response:
        """An empty form, with the entries of the link chosen."""
        intake, notice = self.intake, window.notice
        asked = set(request.args.getlist("entry"))
        names = Counter(entry.name for entry in notice.entries)
        chosen = [
            entry_value(entry)
            for entry in notice.entries
            # A name that two persons have chooses neither.
            if entry_value(entry) in asked or (entry.name in asked and names[entry.name] == 1)
        ]
        form = ObjectionForm(formdata=None, entries=chosen)
        self.offer(form, notice)
        form.token.data = intake.tokens.issue(notice.slug, window.now)
        form.privacy.data = intake.options.privacy
        way = request.args.get(WAY, "")
        sealing = "" if way == "server" else SealedSteps(intake).settings(notice)
        return self.show_form(notice, form, sealing=sealing, leads=not way)

    def collect(self, window: Window) -> Response:
        """Keep what was typed and chosen, then show the errors or the check page."""
        intake, notice = self.intake, window.notice
        form = ObjectionForm(formdata=request.form)
        self.offer(form, notice)
        token = intake.tokens.read(notice.slug, request.form.get("token", ""))
        lost = token is None
        if token is None:
            form.token.data = intake.tokens.issue(notice.slug, window.now)
            token = intake.tokens.read(notice.slug, form.token.data)
            assert token is not None
        files, faults = self._take_files(token.secret, form)
        values = {k: v for k, v in request.form.lists() if k not in _NOT_KEPT}
        intake.drafts.save(token.secret, Draft(values, files))
        form.validate()
        for field, messages in faults.items():
            faults_of(field, messages)
        self._cross_check(form, notice, files)
        extra = self._form_faults(form, token, window.now, lost=lost)
        errors = (*extra, *errors_of(form))
        form.remove.data = []
        form.privacy.data = intake.options.privacy
        if errors:
            return self.show_form(notice, form, files, errors, HTTPStatus.UNPROCESSABLE_ENTITY)
        return self.show_check(window, form, files)

    def _take_files(
        self, secret: bytes, form: ObjectionForm
    ) -> tuple[tuple[DraftFile, ...], dict[Any, list[str]]]:
        intake = self.intake
        draft = intake.drafts.load(secret) or Draft({})
        held = intake.drafts.without(draft, request.form.getlist("remove")).files
        scans, scan_faults = keep_uploads(
            intake.drafts, secret, request.files.getlist("scan"), held, FileRole.SEAL_SCAN
        )
        files, file_faults = keep_uploads(
            intake.drafts, secret, request.files.getlist("files"), scans
        )
        return files, {form.scan: scan_faults, form.files: file_faults}

    def _cross_check(self, form: ObjectionForm, notice: Notice, files: Sequence[DraftFile]) -> None:
        scanned = any(f.role is FileRole.SEAL_SCAN for f in files)
        if form.kind.data == ObjectorKind.UNIT and not scanned and not form.scan.errors:
            faults_of(form.scan, [SAY["scan"]])
        if form.concerns_office.data and not self.intake.route(notice, concerns_office=True):
            faults_of(form.concerns_office, [_NO_WAY])

    def _form_faults(
        self, form: ObjectionForm, token: FormToken, now: datetime, *, lost: bool
    ) -> tuple[FieldError, ...]:
        if lost:
            return (FieldError("", _LOST),)
        if form.privacy.data != self.intake.options.privacy:
            return (FieldError("", _NEW_PRIVACY),)
        # A form from the future is one of a clock that went back since.
        if 0 <= now.timestamp() - token.opened < self.intake.options.limits.minimum_seconds:
            return (FieldError("", _TOO_FAST),)
        return ()

    def show_check(
        self,
        window: Window,
        form: ObjectionForm,
        files: Sequence[DraftFile],
        errors: tuple[FieldError, ...] = (),
    ) -> Response:
        """Check your answers."""
        intake, notice = self.intake, window.notice
        slug = intake.route(notice, concerns_office=bool(form.concerns_office.data))
        office = intake.catalogue().site.offices[slug].name if slug else "没有可以受理的单位"
        context = CheckContext(
            page=intake.head("核对后提交", demonstration=notice.demonstration, error=bool(errors)),
            action=intake.url(notice.slug, "check"),
            notice=notice,
            form=SendForm(formdata=None),
            errors=errors,
            token=form.token.data,
            rows=(("受理单位", office), *rows_of(form, notice, files_of(form, files))),
            facts=form.facts.data,
        )
        return intake.page(context)

    def from_draft(self, notice: Notice, draft: Draft, token: str) -> ObjectionForm:
        """The form as it was last sent, without its CSRF token."""
        values = MultiDict((k, v) for k, many in draft.values.items() for v in many)
        form = ObjectionForm(formdata=values, meta={"csrf": False})
        self.offer(form, notice)
        form.token.data = token
        return form

    def change(self, window: Window, token_text: str, token: FormToken) -> AnyResponse:
        """Back to the form, with everything still in it."""
        notice = window.notice
        draft = self.intake.drafts.load(token.secret)
        if draft is None:
            return redirect(self.intake.url(notice.slug, "new"), HTTPStatus.SEE_OTHER)
        values = MultiDict((k, v) for k, many in draft.values.items() for v in many)
        form = ObjectionForm(formdata=values)
        self.offer(form, notice)
        form.token.data = token_text
        return self.show_form(notice, form, draft.files)
