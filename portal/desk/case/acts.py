"""The steps of a case: each is one POST; a refusal shows the page again with what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from flask import Blueprint, redirect, url_for

from portal.casework.approvals import Proposal
from portal.casework.cases import handles
from portal.casework.decisions import Ending
from portal.casework.handover import hand_over
from portal.casework.quoting import names_the_objector, quoted_passages
from portal.desk.case import case_forms
from portal.desk.case.case_page import case_page, contents_of, entry_names, load_case
from portal.desk.entry.code_again import proved
from portal.desk.entry.gate import live, person
from portal.domain.objection import NonAcceptance, Outcome
from portal.errors import PortalError, RequestError
from portal.web.form_base import FieldError, errors_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response as Answer

    from portal.casework.handling import Contents
    from portal.desk.services import Desk
    from portal.web.form_base import PortalForm

_QUOTED = "答复与异议书有相同的内容，请核对后再发送"
_LOCKED = "告知异议人的内容由本单位签名，请先在“异议书”一栏输入密钥口令，解锁以后再办"
Page: TypeAlias = "Answer | tuple[str, int]"


class Steps:
    """One method a step."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def assign(self, number: str) -> Page:
        """Hand to an officer."""
        username = case_forms.AssignForm(prefix="assign-").username.data or ""
        return self._attempt(
            number,
            lambda: self._desk.casework.assign(person(), number, username, self._desk.clock()),
        )

    def step(self, number: str, what: str) -> Page:
        """Accept, or begin to examine."""
        work = self._desk.casework
        move = work.accept if what == "accept" else work.examine
        return self._attempt(
            number, lambda: move(person(), number, self._desk.clock(), self._keys(number))
        )

    def ask(self, number: str) -> Page:
        """Ask the citizen."""
        form = case_forms.AskForm(prefix="ask-")
        text = form.text.data or ""
        return self._attempt(
            number,
            lambda: self._desk.casework.ask(
                person(), number, text, self._desk.clock(), self._keys(number)
            ),
            ask_form=form,
        )

    def reply(self, number: str) -> Page:
        """Reply; once more with a warning when it repeats what the citizen wrote."""
        form = case_forms.ReplyForm(prefix="reply-")
        text = form.text.data or ""
        quotes = _quotes(self._desk, number, text)
        if quotes and not form.quoting.data:
            warning = FieldError("reply-quoting", _QUOTED)
            page = case_page(self._desk, number, [warning], reply_form=form, quotes=quotes)
            return page, 422
        return self._attempt(
            number,
            lambda: self._desk.casework.reply(
                person(), number, text, self._desk.clock(), self._keys(number)
            ),
            reply_form=form,
        )

    def refuse(self, number: str) -> Page:
        """Propose not to accept."""
        form = case_forms.RefuseForm(prefix="refuse-")
        return self._propose(
            number,
            lambda: Proposal(
                Ending.REFUSE,
                form.summary.data,
                reason=NonAcceptance(form.reason.data),
                shared=bool(form.shared.data),
            ),
            refuse_form=form,
        )

    def unreadable(self, number: str) -> Page:
        """Propose to end a case whose envelope nobody can open."""
        form = case_forms.UnreadableForm(prefix="unreadable-")
        return self._propose(
            number,
            lambda: Proposal(Ending.UNREADABLE, form.summary.data),
            unreadable_form=form,
        )

    def close(self, number: str) -> Page:
        """Propose to close."""
        form = case_forms.CloseForm(prefix="close-")
        form.offer(entry_names(self._desk, load_case(self._desk, number)))
        quotes = _quotes(self._desk, number, f"{form.reply.data or ''}\n{form.summary.data or ''}")
        if quotes and not form.quoting.data:
            warning = FieldError("close-quoting", _QUOTED)
            page = case_page(self._desk, number, [warning], close_form=form, close_quotes=quotes)
            return page, 422
        return self._propose(
            number,
            lambda: Proposal(
                Ending.CLOSE,
                form.summary.data,
                form.reply.data or "",
                outcome=Outcome(form.outcome.data),
                entries=tuple(form.entries.data or ()),
                shared=bool(form.shared.data),
            ),
            close_form=form,
        )

    def reopen(self, number: str) -> Page:
        """Propose to take an ended case up again."""
        form = case_forms.ReopenForm(prefix="reopen-")
        return self._propose(
            number,
            lambda: Proposal(Ending.REOPEN, form.summary.data, shared=bool(form.shared.data)),
            reopen_form=form,
        )

    def delete(self, number: str) -> Page:
        """Propose to delete what a citizen sent."""
        return self._propose(number, lambda: Proposal(Ending.DELETE))

    def confirm(self, number: str) -> Page:
        """Confirm a proposal as the second person."""
        desk, form = self._desk, case_forms.ConfirmForm(prefix="confirm-")
        unread = bool(form.unread.data)

        def act() -> None:
            desk.approvals.check(person(), number, unread=unread)  # before a code is used up
            proved(desk)
            desk.approvals.confirm(person(), number, desk.clock(), unread=unread)

        return self._attempt(number, act, confirm_form=form)

    def decline(self, number: str) -> Page:
        """Turn a proposal down."""
        return self._attempt(
            number, lambda: self._desk.approvals.decline(person(), number, self._desk.clock())
        )

    def withdraw(self, number: str) -> Page:
        """Confirm the citizen's withdrawal."""
        return self._attempt(
            number,
            lambda: self._desk.casework.withdraw(
                person(), number, self._desk.clock(), self._keys(number)
            ),
        )

    def hand_over(self, number: str) -> Page:
        """Hand the case to the office one level up: unlocks the key, shows nothing."""
        desk = self._desk

        def act() -> None:
            case = load_case(desk, number)
            if not desk.keyring.identities(live(), case):
                form = case_forms.OpenForm(prefix="over-")
                desk.keyring.unlock(live(), case, form.passphrase.data or "")
            identities = desk.keyring.identities(live(), case)
            hand_over(desk.room, person(), number, identities, desk.clock())

        return self._attempt(number, act)

    def _propose(self, number: str, make: Callable[[], Proposal], **filled: PortalForm) -> Page:
        def propose() -> None:
            proposal = make()
            silent = proposal.ending in (Ending.DELETE, Ending.UNREADABLE)
            keys = self._held(number) if silent else self._keys(number)
            now = self._desk.clock()
            self._desk.approvals.propose(person(), number, proposal, now, keys)

        return self._attempt(number, propose, **filled)

    def _held(self, number: str) -> tuple[str, ...]:
        """The case's keys that this session has unlocked."""
        return self._desk.keyring.identities(live(), load_case(self._desk, number))

    def _keys(self, number: str) -> tuple[str, ...]:
        """The same, with which the office signs; RequestError before they are unlocked."""
        keys = self._held(number)
        if not keys and handles(person(), load_case(self._desk, number)):
            raise RequestError(_LOCKED)
        return keys

    def _attempt(self, number: str, act: Callable[[], object], **filled: PortalForm) -> Page:
        """Do it, or show the page again with the reason and what was typed."""
        for form in filled.values():
            if not form.validate():
                return case_page(self._desk, number, errors_of(form), **filled), 422
        load_case(self._desk, number)
        try:
            act()
        except PortalError as error:
            return case_page(self._desk, number, [FieldError("", str(error))], **filled), 409
        self._desk.deliver(self._desk.clock())
        try:
            load_case(self._desk, number)
        except PortalError:
            return redirect(url_for("inbox.page"))  # handed over: no longer this person's to see
        return redirect(url_for("case.page", number=number))


def make_blueprint(desk: Desk) -> Blueprint:
    """Views of the steps."""
    acts = Blueprint("acts", __name__, url_prefix="/cases/<number>")
    steps = Steps(desk)
    for name in (
        *("assign", "ask", "reply", "refuse", "unreadable", "close", "reopen", "delete"),
        *("confirm", "decline", "withdraw", "hand_over"),
    ):
        rule = f"/{name.replace('_', '-')}"
        acts.add_url_rule(rule, name, getattr(steps, name), methods=["POST"])
    acts.add_url_rule("/step/<any(accept, examine):what>", "step", steps.step, methods=["POST"])
    return acts


def _quotes(desk: Desk, number: str, reply: str) -> tuple[str, ...]:
    """What the reply repeats of the objection, or of the objector's own details."""
    case = load_case(desk, number)
    contents = contents_of(desk, case)
    if contents is None:
        return ()
    notice = desk.room.notice(case.notice)
    public = [case.notice_title, *(e.name for e in (notice.entries if notice else ()))]
    found = list(quoted_passages(reply, _all_text(contents), public))
    who = contents.objection.objector
    details = (who.name, who.contact, who.phone, who.credit_code)
    return (*found, *names_the_objector(reply, details))


def _all_text(contents: Contents) -> str:
    return "\n".join([contents.objection.facts, *(m.message.text for m in contents.messages)])
