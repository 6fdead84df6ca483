"""What the frozen form asks for when it is opened: the visitor's tokens, and the window's state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response
from flask_wtf.csrf import generate_csrf

from portal.domain.dates import write_minute
from portal.intake.form_steps import FormSteps
from portal.intake.page_refusals import answered
from portal.intake.sealed_steps import SealedSteps

if TYPE_CHECKING:
    from portal.intake.service import Intake

_WHY = {
    "unknown": "没有找到这份公告，或者它不设公示期。",
    "scheduled": "公示从{opens}开始，以服务器时间为准。那时再打开本页，就可以填写。",
    "closed": "公示期已经届满，以服务器时间为准。仍有情况要反映的，可以用下面的其他渠道。",
    "withdrawn": "这份公告已经撤回，不再接收异议。",
    "not-ready": "这次公示的网上受理还没有准备好，请用下面的其他渠道。",
}


def _shut(reason: str, opens: str = "") -> dict[str, Any]:
    return {"state": reason, "message": _WHY[reason].format(opens=opens)}


def opening(intake: Intake, slug: str) -> dict[str, Any]:
    """The state of a window by the server's clock; where it is open, what the form needs."""
    window = intake.window(slug)
    if isinstance(window, Response):
        return _shut("unknown")
    notice = window.notice
    if window.shut:
        return _shut(window.shut, write_minute(window.opens))
    steps = SealedSteps(intake)
    offices = steps.offices(notice)
    if False not in offices:
        return _shut("not-ready")
    keys = intake.submissions.keys
    return {
        "state": "open",
        "revision": notice.revision,
        "first": offices[False],
        "above": offices.get(True, ""),
        "signers": steps.signers(notice),
        "keys": {slug: keys.recipients(slug, notice.slug) for slug in offices.values()},
        "anonymous": FormSteps(intake).anonymous(notice),
        "tells": sorted(intake.options.tells),
        "privacy": intake.options.privacy,
        "csrf": generate_csrf(),
        "token": intake.tokens.issue(notice.slug, window.now),
    }


def add_opening_routes(blueprint: Blueprint, intake: Intake) -> None:
    """`/<slug>/begin`."""

    @blueprint.get("/<slug>/begin")
    def begin(slug: str) -> Response:
        return answered(lambda: opening(intake, slug))
