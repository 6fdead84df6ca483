"""Who may do what about a draft, and why not: every page and every act asks here.

A county's officer touches drafts of the own county only, whichever way the text names a county; the
main office any, so that it can lend a reviewer; another city office its own. The other content
of the site is the main office's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import normalize

from portal.casework.people import Person, Right, Role
from portal.content.content_files import CONTENT_NAME
from portal.editorial.draft_acts import DraftState, Standing, Step

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from portal.content.catalogue import Catalogue

_NEEDED = {
    Step.WRITE: (Right.DRAFT,),
    Step.SEND: (Right.DRAFT,),
    Step.DISCARD: (Right.DRAFT,),
    Step.RECALL: (Right.DRAFT, Right.REVIEW, Right.SIGN_OFF),
    Step.COMMENT: (Right.REVIEW, Right.SIGN_OFF),
    Step.PASS: (Right.REVIEW,),
    Step.RETURN: (Right.REVIEW, Right.SIGN_OFF),
    Step.SIGN_OFF: (Right.SIGN_OFF,),
}
_BEGUN = (DraftState.DRAFTING, DraftState.RETURNED)
_STATES = {
    Step.WRITE: (*_BEGUN, DraftState.IN_REVIEW, DraftState.PASSED),
    Step.SEND: _BEGUN,
    Step.DISCARD: (*_BEGUN, DraftState.IN_REVIEW, DraftState.PASSED),
    Step.RECALL: (
        *(DraftState.IN_REVIEW, DraftState.PASSED),
        *(DraftState.APPROVED, DraftState.SCHEDULED),
    ),
    Step.COMMENT: (DraftState.IN_REVIEW, DraftState.PASSED),
    Step.PASS: (DraftState.IN_REVIEW,),
    Step.RETURN: (DraftState.IN_REVIEW, DraftState.PASSED),
    Step.SIGN_OFF: (DraftState.PASSED,),
}


def refusal(
    step: Step,
    person: Person,
    standing: Standing,
    values: Mapping[str, Any],
    catalogue: Catalogue,
) -> str:
    """Why a person may not take a step now; empty where nothing stands in the way."""
    if not person.role.officer or not person.may.intersection(_NEEDED[step]):
        wanted = "或".join(right.label for right in _NEEDED[step])
        return f"您没有“{wanted}”的权限；权限由市级有签发权限的人在“人员”页设定"
    if not concerns(person, standing.slug, values, catalogue):
        return "这份草稿不属于您的单位"
    if standing.state not in _STATES[step]:
        return _wrong_state(step, standing)
    return _own_text(step, person, standing)


def _wrong_state(step: Step, standing: Standing) -> str:
    if step is Step.WRITE and standing.state.frozen:
        return "文本已经签发，不能再改；要改的，先撤回签发，改后重新送审"
    lapsed = f"：{standing.lapsed[0].why}" if standing.lapsed else ""
    return f"现在的状态是“{standing.state.label}”，不能{step.label}{lapsed}"


def _own_text(step: Step, person: Person, standing: Standing) -> str:
    """Nobody passes or signs what they wrote; nobody does both; three names tell three people."""
    if step not in (Step.PASS, Step.SIGN_OFF):
        return ""
    if person.username in standing.writers:
        return f"这份文本有您的改动或由您送审，不能由您{step.label}，请由另一人办理"
    before = [act for act in (standing.sent, standing.passed) if act is not None]
    if any(act.username == person.username for act in before):
        return "审核和签发要由不同的人办理"
    if any(_letters(act.name) == _letters(person.name) for act in before):
        return f"“{person.name}”与前面经办或审核的人同名，三个姓名要不同，请由另一人办理"
    if step is Step.PASS and standing.unsettled:
        return f"还有{len(standing.unsettled)}条意见没有处理，处理后再通过，或者退回"
    return ""


def setting_refusal(person: Person, username: str, role: Role, main_office: str) -> str:
    """Why somebody may not set the rights of a person at the desk; empty where nothing hinders.

    Whom the administrator trusted to sign off hands rights on, and nobody to themselves.
    """
    if person.office != main_office or Right.SIGN_OFF not in person.may:
        return "权限由市级有“签发”权限的人设定"
    if person.username == username:
        return "自己的权限由另一位有“签发”权限的人或者管理员设定"
    return "" if role.officer else "审计员只看记录，没有公告的权限"


def may_show(person: Person) -> bool:
    """Whether a person may show drafts to somebody without an account."""
    return person.role.officer and bool(person.may)


def _letters(name: str) -> str:
    """What a reader sees of a name: no blanks, widths, cases, and nothing invisible."""
    return "".join(c for c in normalize("NFKC", name).casefold() if c.isalpha())


def concerns(person: Person, slug: str, values: Mapping[str, Any], catalogue: Catalogue) -> bool:
    """Whether a draft is of this person's office's; `values` are its header's, empty if unread."""
    if person.role is Role.AUDITOR or not person.office:
        return False
    if CONTENT_NAME.fullmatch(slug):  # what is no notice is the site's
        return person.role is Role.CITY and person.office == catalogue.site.office
    if person.role is Role.CITY:
        own = str(values.get("issuer") or "") == person.office
        return person.office == catalogue.site.office or own
    return bool(person.county) and _counties(slug, values, catalogue) == {person.county}


def _counties(slug: str, values: Mapping[str, Any], catalogue: Catalogue) -> set[str]:
    """Every county that a draft is about; "" stands for the city.

    A header that says less than it does helps nobody: the issuer, the notice amended and the one
    that stands under the same name count too.
    """
    site = catalogue.site
    issuer = site.offices.get(str(values.get("issuer") or ""))
    found = {issuer.county or "" if issuer else ""}
    if values.get("county"):
        found.add(str(values["county"]))
    for other in {slug, str(values.get("amends") or "")} - {""}:
        notice = catalogue.by_slug.get(other)
        if notice is not None:
            found.add(notice.county or "")
    return found
