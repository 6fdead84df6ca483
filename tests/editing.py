"""A desk with drafts and officers: what the tests of review and publication start from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import select

from portal.casework.models import Staff
from portal.casework.people import CodeProof, Person, Right, Role, write_rights
from portal.content.loader import load
from portal.content.review_checks import ReviewCheck
from portal.domain.workdays import SHANGHAI
from portal.editorial.content_drafts import ContentDrafts
from portal.editorial.delivery import Delivery
from portal.editorial.draft_checks import LintedTree
from portal.editorial.drafts import Drafts
from portal.editorial.journal import journals
from portal.editorial.publication import Publishing
from portal.editorial.review import Reviews
from portal.editorial.under_way import publications
from portal.ledger.ledger_lines import read_ledger
from tests.recording import KEY
from tests.sites import SiteTree, load_all

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
    "namesake": Person("namesake", "经 \u200b甲\ufe00", Role.CITY, "city-office", may=ALL),
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


def editing(
    register: Register,
    drafts: Path,
    catalogue: Catalogue,
    office: str = "city-office",
    home: Path | None = None,
) -> Editing:
    """A desk over a register and a folder of drafts; `office` is the slug of the main office."""
    with register.write() as session:
        for person in OFFICERS.values():
            session.add(
                Staff(
                    username=person.username,
                    name=person.name,
                    role=person.role.value,
                    office=person.office.replace("city-office", office),
                    county=person.county,
                    password="x",
                    secret="x",
                    must_change=False,
                    created_at=AT,
                    may=write_rights(person.may),
                )
            )
    kept = Drafts(drafts)
    contents = ContentDrafts(kept, home or drafts / "content", lambda: catalogue.kinds)
    return Editing(Reviews(register, kept, lambda: catalogue, lambda: CHECKS, contents))


def write_key(path: Path) -> None:
    """Keep the key of the tests' ledgers where a program looks for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pem = KEY.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(pem)


class Killed(BaseException):
    """The process ends here: nothing of the program may catch it."""


@dataclass
class Clock:
    """A time that tests set; with `fuse` the process dies when it is looked at so many times."""

    now: datetime = AT
    fuse: int | None = None

    def __call__(self) -> datetime:
        if self.fuse is not None:
            if not self.fuse:
                self.fuse = None
                raise Killed
            self.fuse -= 1
        self.now += timedelta(milliseconds=10)
        return self.now


@dataclass
class Press:
    """A site with a desk, and the job that publishes for it."""

    tree: SiteTree
    editing: Editing
    clock: Clock
    job: Publishing
    builds: list[str]

    def run(self) -> list[str]:
        return self.job.run()

    def killed_at(self, fuse: int) -> bool:
        """Run and die at the `fuse`th look at the clock; whether it came to that."""
        self.clock.fuse = fuse
        try:
            self.job.run()
        except Killed:
            return True
        finally:
            self.clock.fuse = None
        return False

    def create(self, slug: str, body: str = "请各单位申报。\n", **more: object) -> None:
        values = {**CALL, "published": self.clock.now.replace(microsecond=0), **more}
        self.editing.reviews.drafts.create(slug, values, body)

    def publish(self, slug: str) -> list[str]:
        self.editing.all_three(slug, self.clock())
        return self.run()

    def lines(self, slug: str):
        found = read_ledger(self.tree.notices[0] / "ledger.jsonl")
        return [line for line in found if line.slug == slug]

    def public(self, slug: str) -> str:
        """What the public page says; empty where there is none."""
        path = self.job.site / "notices" / slug / "index.html"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def events(self, slug: str) -> list[str]:
        (journal,) = [j for j in journals(self.job.root) if j.folder.name.startswith(f"{slug}.")]
        return [f"{entry.step} {entry.state}" for entry in journal.entries()]

    def progress(self, slug: str) -> str:
        found = publications(self.editing.reviews, self.job.root, self.clock.now)
        return [one for one in found if one.slug == slug][-1].progress.value


def press(tree: SiteTree, register: Register, **more: object) -> Press:
    """The job over a tree, with a build that writes of each notice what the ledger holds."""
    clock, builds = Clock(), []
    published = load(tree.content, tree.notices)
    made = editing(register, tree.root / "state" / "drafts", published, home=tree.content[0])
    site, key_path = tree.root / "public", tree.root / "keys" / "ledger.pem"
    write_key(key_path)

    def build(at: datetime) -> str:
        builds.append(at.isoformat())
        shown = load(tree.content, tree.notices).as_of(at)
        for notice in shown.published(at):
            place = site / "notices" / notice.slug
            place.mkdir(parents=True, exist_ok=True)
            page = f"{notice.digest}\n{notice.title}\n{notice.body}"
            (place / "index.html").write_text(page, encoding="utf-8")
        return ""

    job = Publishing(
        reviews=made.reviews,
        root=tree.root / "state" / "publications",
        around=LintedTree(tuple(tree.content), tuple(tree.notices), keyed=lambda _: True),
        catalogue=lambda: load_all(tree.content, tree.notices),
        build=build,
        site=site,
        delivery=Delivery(),
        ping=lambda: "",
        key_path=key_path,
        clock=clock,
        key=KEY,
    )
    return Press(tree, made, clock, replace(job, **more), builds)
