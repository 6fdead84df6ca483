"""A desk with drafts and officers: what the tests of review and publication start from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from portal.casework.models import Staff
from portal.casework.people import CodeProof, Person, Right, Role, write_rights
from portal.content.review_checks import ReviewCheck
from portal.domain.workdays import SHANGHAI
from portal.editorial.drafts import Drafts
from portal.editorial.review import Reviews

if TYPE_CHECKING:
    from pathlib import Path

    from portal.casework.register import Register
    from portal.content.catalogue import Catalogue

ALL = frozenset(Right)
AT = datetime(2026, 3, 4, 10, tzinfo=SHANGHAI)
CHECKS = (
    ReviewCheck("source", "文本有依据"),
    ReviewCheck("list", "名单逐条核对过", ("county-publicity",)),
)
OFFICERS = {
    "drafter": Person("drafter", "经甲", Role.CITY, "city-office", may=ALL),
    "reviewer": Person("reviewer", "审乙", Role.CITY, "city-office", may=ALL),
    "signer": Person("signer", "签丙", Role.CITY, "city-office", may=ALL),
    "county": Person("county", "县丁", Role.COUNTY, "pingding-office", "pingding", may=ALL),
    "other": Person("other", "盂戊", Role.COUNTY, "yuxian-office", "yuxian", may=ALL),
    "namesake": Person("namesake", "经 甲", Role.CITY, "city-office", may=ALL),
    "nobody": Person("nobody", "无己", Role.CITY, "city-office"),
    "auditor": Person("auditor", "计庚", Role.AUDITOR),
}
CALL = {
    "title": "关于申报第三届质量奖的通知",
    "kind": "call",
    "edition": "third",
    "issuer": "city-office",
    "published": AT,
    "review": {"drafted": "经办人（待填）", "reviewed": "（待填）", "approved": "（待填）"},
}


@dataclass
class Editing:
    """The acts, with an account for each officer and codes at hand."""

    reviews: Reviews
    steps: int = 0

    def proof(self, who: str, at: datetime = AT) -> CodeProof:
        """A one-time code that the officer has just given."""
        self.steps += 1
        with self.reviews.register.write() as session:
            staff = session.scalar(select(Staff).where(Staff.username == who))
            assert staff is not None
            staff.last_step = self.steps
        return CodeProof(who, self.steps, at)

    def seen(self, slug: str, at: datetime = AT) -> str:
        return self.reviews.standing(slug, at).seen

    def state(self, slug: str, at: datetime = AT) -> str:
        return self.reviews.standing(slug, at).state.value

    def send(self, slug: str, who: str = "drafter", at: datetime = AT) -> None:
        self.reviews.send(OFFICERS[who], slug, self.seen(slug), at)

    def pass_on(self, slug: str, who: str = "reviewer", at: datetime = AT) -> None:
        ticked = {check.slug for check in CHECKS}
        self.reviews.pass_on(OFFICERS[who], slug, self.seen(slug), ticked, at)

    def sign(self, slug: str, who: str = "signer", at: datetime = AT):
        shown = self.reviews.to_sign(OFFICERS[who], slug, at)
        proof = self.proof(who, at)
        return self.reviews.sign_off(OFFICERS[who], slug, (shown.seen, shown.digest), proof, at)

    def all_three(self, slug: str, at: datetime = AT):
        self.send(slug, at=at)
        self.pass_on(slug, at=at)
        return self.sign(slug, at=at)

    def edit(self, slug: str, body: str, who: str = "drafter", at: datetime = AT) -> None:
        """Save as the desk does: the writer is noted first."""
        self.reviews.writing(OFFICERS[who], slug, at)
        draft = self.reviews.drafts.read(slug)
        self.reviews.drafts.save(slug, draft.digest, draft.values, body)


def editing(register: Register, drafts: Path, catalogue: Catalogue) -> Editing:
    """A desk over a register and a folder of drafts."""
    with register.write() as session:
        for person in OFFICERS.values():
            session.add(
                Staff(
                    username=person.username,
                    name=person.name,
                    role=person.role.value,
                    office=person.office,
                    county=person.county,
                    password="x",
                    secret="x",
                    must_change=False,
                    created_at=AT,
                    may=write_rights(person.may),
                )
            )
    return Editing(Reviews(register, Drafts(drafts), lambda: catalogue, lambda: CHECKS))
