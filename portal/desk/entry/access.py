"""Who may reach which endpoint: each one stands in exactly one list, and a test checks that.

Which cases an officer may then see or handle is decided by `objections.cases`; which contents, by
the keys that were unlocked.
"""

from __future__ import annotations

from enum import StrEnum

from portal.casework.people import Person, Role


class Access(StrEnum):
    """The lists: STAFF is everyone signed in, OFFICER county and city, OVERSIGHT city, auditor."""

    PUBLIC = "public"
    STAFF = "staff"
    OFFICER = "officer"
    OVERSIGHT = "oversight"
    AUDITOR = "auditor"


LISTS: dict[Access, frozenset[str]] = {
    Access.PUBLIC: frozenset(
        {
            "static_file",
            "entrance.sign_in",
            "passkeys.sign_in",
            "passkeys.sign_in_options",
            "look.page",
        }
    ),
    Access.STAFF: frozenset(
        {
            "entrance.home",
            "entrance.sign_out",
            "entrance.password",
            "entrance.kept",
            "entrance.drop",
            "passkeys.page",
            "passkeys.add",
            "passkeys.remove",
            "passkeys.creation_options",
            "passkeys.proof_options",
            "figures.page",
            "help.page",
            "help.picture",
        }
    ),
    Access.OFFICER: frozenset(
        {
            "todo.page",
            "publishing.page",
            "publishing.new",
            "publishing.begin",
            "publishing.kind",
            "publishing.mend",
            "publishing.side",
            "publishing.discard",
            "draft_list.page",
            "draft_list.save",
            "draft_list.upload",
            "draft_list.answer",
            "draft_list.forget",
            "draft_choose.page",
            "draft_choose.save",
            "draft_choose.changes",
            "draft_choose.reasons",
            "draft_text.page",
            "draft_text.save",
            "draft_time.page",
            "draft_time.save",
            "draft_preview.page",
            "draft_preview.site",
            "draft_preview.hand_out",
            "draft_preview.take_back",
            "draft_send.page",
            "draft_send.send",
            "draft_send.recall",
            "draft_send.comment",
            "draft_send.settle",
            "draft_send.pass_on",
            "draft_send.give_back",
            "draft_send.sign_off",
            "draft_run.page",
            "draft_run.unlock",
            "calendar.page",
            "calendar.read",
            "calendar.confirm",
            "calendar.drop",
            "questions.page",
            "questions.entry",
            "questions.new",
            "questions.put",
            "questions.add",
            "questions.remove",
            "fields.page",
            "fields.save",
            "content.page",
            "content.begin",
            "content.edition",
            "content.edit",
            "content.save",
            "content.side",
            "content.renew",
            "content.discard",
            "content.preview",
            "content.site",
            "published.page",
            "published.begin",
            "redact.page",
            "redact.look",
            "redact.strike",
            "redact.take_up",
            "redact.unlock",
            "staff.rights",
            "staff.allow",
            "recovery.page",
            "recovery.propose",
            "recovery.confirm",
            "recovery.decline",
            "inbox.page",
            "inbox.collect",
            "inbox.mail",
            "case.page",
            "case.open",
            "case.read_copy",
            "case.reveal",
            "case.file",
            "case.look",
            "acts.assign",
            "acts.step",
            "acts.ask",
            "acts.reply",
            "acts.refuse",
            "acts.unreadable",
            "acts.close",
            "acts.reopen",
            "acts.delete",
            "acts.confirm",
            "acts.decline",
            "acts.withdraw",
            "acts.hand_over",
            "paper.page",
            "exports.page",
            "exports.case_file",
            "exports.letter",
            "exports.register",
            "exports.statement",
            "exports.results",
        }
    ),
    Access.OVERSIGHT: frozenset({"staff.page"}),
    Access.AUDITOR: frozenset({"oversight.audit", "oversight.export"}),
}

_ROLES = {
    Access.STAFF: frozenset(Role),
    Access.OFFICER: frozenset({Role.COUNTY, Role.CITY}),
    Access.OVERSIGHT: frozenset({Role.CITY, Role.AUDITOR}),
    Access.AUDITOR: frozenset({Role.AUDITOR}),
}

# Grave acts: a fresh one-time code, or a passkey, of whoever is signed in comes with each of them.
# `code_again.proved` serves these and no other, and a test walks through all of them.
PROVED = frozenset(
    {
        "acts.confirm",
        "draft_send.sign_off",
        "passkeys.add",
        "recovery.confirm",
        "recovery.propose",
        "redact.strike",
        "staff.allow",
    }
)

# What a person who still has the handed-out password may reach.
BEFORE_CHANGE = frozenset({"static_file", "entrance.password", "entrance.sign_out"})


def access_of(endpoint: str | None) -> Access | None:
    """The list an endpoint stands in; None for one that stands in none, which is refused."""
    return next((access for access, names in LISTS.items() if endpoint in names), None)


def allows(access: Access, person: Person | None) -> bool:
    """Whether a list admits a person; None is somebody not signed in."""
    if access is Access.PUBLIC:
        return True
    return person is not None and person.role in _ROLES[access]
