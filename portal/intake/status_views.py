"""Views of a case: look up by code (POST only, never in an address), answer, add, withdraw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, redirect, request, session

from portal.domain.filetypes import ACCEPT
from portal.domain.objection import FACTS_LIMIT, MESSAGES_LIMIT, Message, MessageKind
from portal.domain.objection_rules import SAY
from portal.domain.receipt_code import ReceiptCode, is_number, read_code
from portal.domain.workdays import SHANGHAI
from portal.errors import PortalError, RequestError, UnreadableError
from portal.form.objection_fields import faults_of
from portal.intake.case_words import Hole, case_words
from portal.intake.intake_contexts import CaseContext, CodeContext
from portal.intake.objection_form import CodeForm, MessageForm
from portal.intake.resent import kind_sent, note_sent, pressed_of
from portal.intake.uploads import as_uploads, keep_uploads
from portal.render.answer_day_ics import answer_day_ics
from portal.sealed.suites import SM
from portal.submission.counters import Limit
from portal.submission.form_drafts import Draft, message_id_of
from portal.submission.replies import CaseView, read_case
from portal.submission.submitting import digest_of
from portal.web.form_base import FieldError, errors_of

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from portal.intake.case_words import CaseWords
    from portal.intake.service import Intake
    from portal.sealed.envelope import Header
    from portal.submission.form_drafts import DraftFile

_UNKNOWN = (
    "没有查到这个查询码。请对照回执逐个字符核对：共25个字符，五个一组，"
    "数字0和字母O、数字1和字母I、L不必区分"
)
_FAILED = "服务器没能把内容保存好，所以没有接收，请再提交一次。"
_LOST = "页面已经失效，请核对后再提交一次"
_NUMBER = (
    "这是异议编号，不是查询码。编号可以在电话里说，不能用来查询；"
    "请输入提交成功时记下的查询码，共25个字符"
)
# Wrong codes wait, whatever is wrong with them, so that guessing is slow and timing tells nothing.
_WRONG_CODE_SECONDS = 0.5
_YEARS = 10


@dataclass(frozen=True)
class CaseSteps:
    """What the holder of a code can do."""

    intake: Intake

    def ask(self, form: CodeForm, errors: tuple[FieldError, ...] = ()) -> Response:
        """The look-up form."""
        intake = self.intake
        context = CodeContext(
            page=intake.head("查询异议办理", error=bool(errors)),
            office=intake.contact(),
            action=intake.url("status"),
            asking=intake.url("status", "sealed"),
            challenge=intake.url("status", "challenge"),
            sending=intake.url("status", "message", "sealed"),
            pieces=intake.url("status", "message", "pieces"),
            sm=SM in intake.submissions.keys.all_suites(),
            form=form,
            errors=errors,
        )
        code = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
        return intake.page(context, code)

    def _limits(self) -> tuple[Limit, Limit]:
        limits = self.intake.options.limits
        return (
            Limit("lookups", limits.lookups, "本网站在一小时内输错查询码的次数太多。"),
            Limit(
                f"wrong:{self.intake.address()}",
                limits.wrong_codes_per_address,
                "同一网络在一小时内输错查询码的次数太多。",
            ),
        )

    def find(self, typed: str) -> tuple[ReceiptCode, CaseView] | Response | None:
        """The case of a typed code; None for any wrong one, a page where a quota is used up.

        A right code is never refused: 120 bits are not guessed. Only wrong ones count.
        """
        intake = self.intake
        try:
            code = read_code(typed)
            case = read_case(intake.box, code, intake.submissions.keys)
        except RequestError:
            case = None
        if case is not None:
            return code, case  # whatever others typed behind the same address
        return self.wrong()

    def wrong(self, passed: float = 0) -> Response | None:
        """Count a wrong code and wait, whatever is wrong with it; a page where a quota is used up.

        `passed` seconds of the wait have gone by already.
        """
        intake = self.intake
        if refusal := intake.quotas.take(self._limits(), intake.clock()):
            return intake.over(refusal)
        intake.pause(max(0.0, _WRONG_CODE_SECONDS - passed))
        return None

    def look_up(self, form: CodeForm) -> Response:
        """The case, or the form with what is wrong."""
        if not form.validate():
            return self.ask(form, errors_of(form))
        if is_number(form.code.data or ""):  # said by its form alone, which tells nothing
            return self.numbered(form)
        found = self.find(form.code.data or "")
        if isinstance(found, Response):
            return found
        if found is None:
            return self.unknown(form)
        code, case = found
        return self.show(case, self.fresh_form(code, case))

    def numbered(self, form: CodeForm) -> Response:
        """The look-up form, saying that a number is no code."""
        faults_of(form.code, [_NUMBER])
        return self.ask(form, errors_of(form))

    def unknown(self, form: CodeForm) -> Response:
        """The look-up form, saying that there is no such case."""
        faults_of(form.code, [_UNKNOWN])
        return self.ask(form, errors_of(form))

    def take(self) -> Response:
        """A later message, if there is room for it and its code is known."""
        intake = self.intake
        if not intake.room():
            return intake.full()
        found = self.find(request.form.get("code", ""))
        if isinstance(found, Response):
            return found
        if found is None:
            return self.unknown(CodeForm(formdata=None))
        try:
            return self.message(*found)
        except (PortalError, OSError):
            return intake.refused("没有提交成功", _FAILED)

    def fresh_form(self, code: ReceiptCode, case: CaseView) -> MessageForm:
        """An empty form for a later message."""
        form = MessageForm(formdata=None)
        form.code.data = code
        form.token.data = self.intake.tokens.issue(case.header.lookup, self.intake.clock())
        return form

    def show(
        self,
        case: CaseView,
        form: MessageForm,
        *,
        errors: tuple[FieldError, ...] = (),
        files: tuple[DraftFile, ...] = (),
        sent: MessageKind | None = None,
    ) -> Response:
        """The case page; closed and withdrawn cases have no form."""
        site = self.intake.catalogue().site
        names = {slug: office.name for slug, office in site.offices.items()}
        words = case_words(case, names, site.main_office.name, sent)
        context = self.context(
            case.header, len(case.waiting), form, words, errors=errors, files=files
        )
        code = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
        return self.intake.page(context, code)

    def context(
        self,
        header: Header,
        waiting: int,
        form: MessageForm,
        words: CaseWords | Hole,
        *,
        errors: tuple[FieldError, ...] = (),
        files: tuple[DraftFile, ...] = (),
    ) -> CaseContext:
        """What the case page is made of; of holes where a page fills them in."""
        intake = self.intake
        notice = intake.catalogue().by_slug.get(header.notice)
        return CaseContext(
            page=intake.head(
                "异议办理情况", demonstration=header.demonstration, error=bool(errors)
            ),
            office=intake.contact(notice),
            action=intake.url("status", "message"),
            header=header,
            waiting=waiting,
            words=words,
            in_page=isinstance(words, Hole),
            download=intake.url("receipt"),
            notice=notice,
            form=form,
            errors=errors,
            files=files,
            leave=intake.url("leave"),
            day=intake.url("answer-day.ics"),
            accept=ACCEPT,
        )

    def calendar(self, on: date) -> bytes:
        """A day as a calendar entry that says nothing of what about."""
        intake = self.intake
        site = intake.catalogue().site
        return answer_day_ics(on, site.name, site.lookup_address, intake.clock())

    def message(self, code: ReceiptCode, case: CaseView) -> Response:
        """Take a later message: keep what was chosen, check, seal, store."""
        intake = self.intake
        form = MessageForm(formdata=request.form)
        lookup = case.header.lookup
        token = intake.tokens.read(lookup, form.token.data or "")
        extra: list[FieldError] = []
        if token is None:
            form.token.data = intake.tokens.issue(lookup, intake.clock())
            token = intake.tokens.read(lookup, form.token.data)
            assert token is not None
            extra.append(FieldError("", _LOST))
        draft = intake.drafts.load(token.secret) or Draft({})
        held = intake.drafts.without(draft, request.form.getlist("remove")).files
        files, faults = keep_uploads(
            intake.drafts, token.secret, request.files.getlist("files"), held
        )
        pressed = pressed_of(files[len(held) :])
        if sent := kind_sent(draft, pressed):
            intake.drafts.save(token.secret, draft)
            return self.show(case, self.fresh_form(code, case), sent=sent)
        intake.drafts.save(token.secret, Draft({}, files))
        form.validate()
        faults_of(form.files, faults)
        form.remove.data = []
        kind = self._check(form, case, files)
        errors = (*extra, *errors_of(form))
        if errors or kind is None:
            return self.show(case, form, errors=errors, files=files)
        sent_files = () if kind is MessageKind.WITHDRAWAL else files
        uploads = as_uploads(intake.drafts, token.secret, sent_files)
        message = self._said(kind, case, form.text.data)
        id_ = message_id_of(token.secret, digest_of(message, uploads))
        copied = bool(case.sent)
        try:
            intake.submissions.send(
                message, uploads, code=code, office=case.office, id_=id_, copied=copied
            )
        except UnreadableError as error:
            return self.show(case, form, errors=(FieldError("text", str(error)),), files=files)
        note_sent(intake.drafts, token.secret, pressed, kind)
        after = read_case(intake.box, code, intake.submissions.keys) or case
        return self.show(after, self.fresh_form(code, after), sent=kind)

    def _said(self, kind: MessageKind, case: CaseView, text: str) -> Message:
        question = case.question if kind is MessageKind.ANSWER else None
        now = self.intake.clock().astimezone(SHANGHAI).replace(microsecond=0)
        return Message(kind, now, text, question.seq if question else None)

    def _check(
        self, form: MessageForm, case: CaseView, files: tuple[DraftFile, ...]
    ) -> MessageKind | None:
        """What kind of message it is; faults are added to the form."""
        length = len(form.text.data)
        if not case.state.open:
            faults_of(form.text, [f"这件异议{case.state.label}，不能再补充"])
        elif case.withdrawing:
            faults_of(form.text, [f"这件异议{SAY['withdrawing']}，不能再补充"])
        elif len(case.waiting) >= MESSAGES_LIMIT:
            faults_of(form.text, [SAY["message_waiting"]])
        elif length > FACTS_LIMIT:
            faults_of(form.text, [f"说明最多{FACTS_LIMIT}字，现在是{length}字"])
        try:
            kind = MessageKind(request.form.get("action", "evidence"))
        except ValueError:
            kind = MessageKind.EVIDENCE
        if kind is MessageKind.WITHDRAWAL:
            if request.form.get("confirm") != "yes":
                faults_of(form.text, [SAY["message_confirm"]])
        elif not form.text.data and not files and not form.files.errors:
            faults_of(form.text, [SAY["message_empty"]])
        return kind


def add_case_routes(blueprint: Blueprint, intake: Intake) -> None:
    """`/status` and `/status/message`."""
    steps = CaseSteps(intake)

    @blueprint.get("/status")
    def ask() -> Response:
        return steps.ask(CodeForm(formdata=None))

    @blueprint.post("/status")
    def look_up() -> Response:
        return steps.look_up(CodeForm(formdata=request.form))

    @blueprint.get("/answer-day.ics")
    def answer_day() -> Response:
        """The day of the address as a calendar entry; whoever asks for it says nothing else."""
        try:
            on = date.fromisoformat(request.args.get("on", ""))
        except ValueError:
            abort(404)
        if abs((on - intake.clock().date()).days) > _YEARS * 366:
            abort(404)
        return Response(steps.calendar(on), content_type="text/calendar; charset=utf-8")

    @blueprint.post("/leave")
    def leave() -> AnyResponse:
        """Forget this browser: what it was shown can be shown no more."""
        session.clear()
        answer = Response(status=HTTPStatus.SEE_OTHER)
        answer.location = intake.url("status")
        return answer

    @blueprint.get("/status/message")
    def message_again() -> AnyResponse:
        return redirect(intake.url("status"), HTTPStatus.SEE_OTHER)

    @blueprint.post("/status/message")
    def message() -> Response:
        return steps.take()
