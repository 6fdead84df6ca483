"""The demonstration's drafts: one in review, one signed off for a time, by three fictional people.

Everything passes through the real doors, as with the cases.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from portal.casework.people import CodeProof
from portal.desk.entry.demo_officers import STAFF
from portal.desk.entry.onetime import code_at
from portal.domain.notice import Kind
from portal.domain.workdays import SHANGHAI
from portal.editorial import keeping_true
from portal.editorial.beginnings import begin
from portal.editorial.later_acts import amend
from portal.editorial.surroundings import Surroundings
from portal.errors import PortalError, RequestError
from portal.importing.asking import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from portal.casework.people import Person
    from portal.desk.services import Desk
    from portal.domain.notice import Notice
    from portal.editorial.drafts import Draft

_ENTRIES = ("演示长风机械制造有限公司", "演示安泰矿山设备有限公司")
_COLUMNS = ("奖项", "类别", "名称", "统一社会信用代码", "县区", "工作单位", "职务", "备注")
_DAYS, _HOUR = 3, 9


def prepare_drafts(desk: Desk, people: Mapping[str, Person], now: datetime) -> None:
    """Make both, unless somebody is at work on drafts already."""
    drafter = people["jingban"]
    own = [n for n in desk.room.catalogue().windowed() if n.county == drafter.county]
    fictional = [n for n in own if n.demonstration]
    if desk.reviews.drafts.slugs() or desk.publisher.all(now) or not fictional:
        return
    try:
        _in_review(desk, drafter, fictional[0], now)
        _scheduled(desk, people, fictional[-1], now)
    except PortalError:
        return  # a round of a day on which nothing can be begun is shown without drafts


def _around(desk: Desk) -> Surroundings:
    paths = desk.settings.paths
    return Surroundings(desk.room.catalogue(), paths.content, paths.notices)


def _in_review(desk: Desk, drafter: Person, like: Notice, now: datetime) -> None:
    """A further list of the county, sent in."""
    reviews = desk.reviews
    draft = begin(
        *(reviews.drafts, _around(desk), like.kind, like.edition, now),
        issuer=like.issuer,
        county=like.county,
    )
    category = like.entries[0].category
    rows = tuple({**dict.fromkeys(_COLUMNS, ""), "类别": category, "名称": n} for n in _ENTRIES)
    reviews.writing(drafter, draft.slug, now)
    keeping_true.save_list(reviews.drafts, _around(desk), draft, Reading(rows).data)
    _send(desk, drafter, draft.slug, now)


def _scheduled(desk: Desk, people: Mapping[str, Person], about: Notice, now: datetime) -> None:
    """A correction of an earlier list, signed off for a morning in a few days."""
    reviews, drafter = desk.reviews, people["jingban"]
    reason = "（演示）名单中一个单位的名称漏写一字，应以营业执照上的名称为准。"
    draft = amend(
        *(reviews.drafts, _folder(desk, about.slug), Kind.CORRECTION, reason, now),
        around=_around(desk),
    )
    morning = (now.astimezone(SHANGHAI) + timedelta(days=_DAYS)).replace(
        hour=_HOUR, minute=0, second=0, microsecond=0
    )
    reviews.writing(drafter, draft.slug, now)
    draft = reviews.drafts.save(
        draft.slug, draft.digest, {**draft.values, "published": morning}, draft.body
    )
    _send(desk, drafter, draft.slug, now)
    _sign(desk, people, draft, now)


def _send(desk: Desk, drafter: Person, slug: str, now: datetime) -> None:
    desk.reviews.send(drafter, slug, desk.reviews.standing(slug, now).seen, now)


def _sign(desk: Desk, people: Mapping[str, Person], draft: Draft, now: datetime) -> None:
    reviews, reviewer, signer = desk.reviews, people["shenhe"], people["qianfa"]
    ticked = [check.slug for check in reviews.required_checks(draft.slug)]
    seen = reviews.standing(draft.slug, now).seen
    reviews.pass_on(reviewer, draft.slug, seen, ticked, now)
    shown = reviews.to_sign(signer, draft.slug, now)
    secret = next(staff.secret for staff in STAFF if staff.username == signer.username)
    proof = desk.signing_in.prove(signer.username, code_at(secret, now), now)
    if not isinstance(proof, CodeProof):
        raise RequestError("演示签发人的动态口令没有通过")
    reviews.sign_off(signer, draft.slug, (shown.seen, shown.digest), proof, now)


def _folder(desk: Desk, slug: str) -> Path:
    roots = desk.settings.paths.notices
    return next(root / slug for root in roots if (root / slug).is_dir())
