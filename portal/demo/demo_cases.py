"""The demonstration's desk: keys, officers and a few fictional cases, each made only once.

Everything passes through the real doors: objections are sealed into the drop box, collected,
unsealed and decided by two persons. Refused unless the environment says PORTAL_DEMONSTRATION=1.
"""

from __future__ import annotations

import hashlib
import io
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from portal.casework.approvals import Proposal
from portal.casework.decisions import Ending
from portal.casework.holds import export_holds
from portal.casework.models import Case, Staff
from portal.casework.people import Person, Role
from portal.config.common import Paths
from portal.config.desk_settings import DeskSettings
from portal.config.shared_settings import NOTHING_SHARED
from portal.content.loader import load
from portal.demo.demo_drafts import prepare_drafts
from portal.desk.entry.accounts import NewStaff
from portal.desk.entry.demo_officers import PASSPHRASE, PASSWORD, STAFF
from portal.desk.services import Desk, open_desk
from portal.domain.objection import (
    EntryRef,
    FileRole,
    Grounds,
    Objection,
    Objector,
    ObjectorKind,
    Outcome,
)
from portal.domain.receipt_code import ReceiptCode, code_from, grouped
from portal.domain.routing import ESCROW, office_for
from portal.domain.unrecorded import Unrecorded
from portal.errors import RequestError
from portal.sealed.dropbox import DropBox
from portal.sealed.public_keys import ReceiptKey
from portal.sealed.receipts import ReceiptSigner, derived
from portal.submission.submitting import Submissions, Upload

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from portal.content.catalogue import Catalogue
    from portal.domain.notice import Notice

_RECENT = timedelta(days=60)
_WORK_FACTOR = 14  # the passphrase is printed anyway


def _scripted_pdf() -> bytes:
    """A harmless PDF that runs a script when opened, so that the safety report has something."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.beep\\(0\\))>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>",
    )
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj%sendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return body + head + table + tail % (len(objects) + 1, len(body))


_PDF = _scripted_pdf()


@dataclass(frozen=True)
class _Fiction:
    """A fictional objection: its code, how many days into the window it came, what it says."""

    seed: str
    grounds: Grounds
    facts: str
    concerns_office: bool = True
    files: tuple[tuple[str, bytes], ...] = ()

    @property
    def code(self) -> ReceiptCode:
        """A fixed code, so that the demonstration can print it; random ones are never like it."""
        return code_from(hashlib.sha256(f"demonstration {self.seed}".encode()).digest()[:15])


_UNREAD = _Fiction(
    "unread", Grounds.MISTAKE, "（演示）名单中该单位的名称与营业执照不一致，请核对。"
)
_COUNTY = _Fiction(
    "county",
    Grounds.UNTRUE,
    "（演示）申报材料所写的产品抽检合格率与公开的抽检通报不一致，请核实。",
    concerns_office=False,
    files=(("抽检通报.pdf", _PDF),),
)
_ASKED = _Fiction(
    "asked",
    Grounds.INELIGIBLE,
    "（演示）该单位成立时间不足三年，不符合申报条件，请核查其登记日期。",
    files=(("登记信息截图.pdf", _PDF),),
)
_CLOSED = _Fiction("closed", Grounds.PROCEDURE, "（演示）公示材料张贴的时间与网上公示不一致。")


def export(environment: Mapping[str, str], now: datetime) -> None:
    """What a publication needs of the desk: the keys of the windows, for the ledger, and the holds.

    Only with its keys in the ledger does a window have its form as a file; with no holds exported
    no list goes out.
    """
    desk = _open(environment, now)
    content, notices = desk.settings.paths.content, desk.settings.paths.notices
    coming = load(content, notices, unrecorded=Unrecorded.UNMARKED)
    _make_keys(desk, _windows(coming, now), now)
    ReceiptKey(desk.settings.keys).signer()  # the public side would make it too late for the line
    export_holds(desk.room, now)
    desk.room.register.close()


def _open(environment: Mapping[str, str], now: datetime) -> Desk:
    if environment.get("PORTAL_DEMONSTRATION") != "1":
        raise RequestError("演示人员和演示密钥只能在演示中使用（portal demo）")
    paths = Paths(
        _folders(environment["PORTAL_CONTENT"]),
        _folders(environment["PORTAL_NOTICES"]),
        Path(environment["PORTAL_STATE"]),
    )
    settings = DeskSettings(paths=paths, demonstration=True, plain_http=True, shared=NOTHING_SHARED)
    published = load(paths.content, paths.notices, base_url=settings.base_url or None)
    return open_desk(settings, lambda: now, lambda: published)


def prepare(environment: Mapping[str, str], now: datetime) -> str:
    """Make what is missing of the demonstration; returns the lines to print."""
    desk = _open(environment, now)
    notices = _windows(desk.room.catalogue(), now)
    _make_keys(desk, notices, now)
    people = _make_staff(desk, notices, now)
    if _send_all(desk, notices, now):
        desk.collect(now)
        _work(desk, people, now)
        desk.collect(now)
    prepare_drafts(desk, people, now)
    desk.room.register.close()
    return _lines()


def _folders(text: str) -> tuple[Path, ...]:
    return tuple(Path(part) for part in text.split(os.pathsep) if part)


def _windows(catalogue: Catalogue, now: datetime) -> list[Notice]:
    """Fictional publicity notices whose windows are open, to come, or closed of late."""
    return [
        whole
        for notice in catalogue.windowed()
        if notice.demonstration and notice.window and notice.window.closes_at > now - _RECENT
        if (whole := catalogue.notice(notice.slug))
    ]


def _holders(desk: Desk, notice: Notice) -> tuple[str, ...]:
    site = desk.room.catalogue().site
    offices = [office_for(notice, site, concerns_office=above) for above in (False, True)]
    return (*dict.fromkeys(office for office in offices if office), ESCROW)


def _make_keys(desk: Desk, notices: list[Notice], now: datetime) -> None:
    """As `portal keys new` makes them, but with a passphrase that is quick to check."""
    keys = desk.room.keys
    for notice in notices:
        for office in _holders(desk, notice):
            if keys.public.recipient(office, notice.slug) is None:
                keys.new(office, notice.slug, PASSPHRASE, now, work_factor=_WORK_FACTOR)


def _make_staff(desk: Desk, notices: list[Notice], now: datetime) -> dict[str, Person]:
    site = desk.room.catalogue().site
    open_county = next((n.county for n in _of_counties(notices) if _is_open(n, now)), None)
    county = open_county or next(iter(site.counties))
    office = next(o.slug for o in site.offices.values() if o.county == county)
    places = {Role.CITY: (site.office, ""), Role.COUNTY: (office, county), Role.AUDITOR: ("", "")}
    with desk.room.register.read() as session:
        known = set(session.scalars(select(Staff.username)))
    people = {}
    for staff in STAFF:
        slug, of_county = places[staff.role]
        people[staff.username] = Person(
            *(staff.username, staff.name, staff.role, slug, of_county), may=staff.may
        )
        if staff.username not in known:
            new = NewStaff(
                *(staff.username, staff.name, staff.role, slug, of_county),
                demonstration=True,
                may=staff.may,
            )
            desk.accounts.add(new, now, "演示", (PASSWORD, staff.secret))
    return people


def _of_counties(notices: list[Notice]) -> Iterator[Notice]:
    return (notice for notice in notices if notice.kind.of_county)


def _is_open(notice: Notice, now: datetime) -> bool:
    return notice.window is not None and notice.window.opens_at <= now < notice.window.closes_at


def _send_all(desk: Desk, notices: list[Notice], now: datetime) -> bool:
    """Put the fictional objections into the drop box; False when they were there already."""
    with desk.room.register.read() as session:
        if session.scalar(select(Case.id).where(Case.lookup == derived(_COUNTY.code).lookup)):
            return False
    counties = list(_of_counties(notices))
    open_ones = [n for n in counties if _is_open(n, now)]
    closed = [n for n in counties if n.window and n.window.closes_at <= now and n.revision == 1]
    sent = False
    for notice, fictions in ((open_ones, (_COUNTY, _UNREAD)), (closed, (_ASKED, _CLOSED))):
        for fiction in fictions if notice else ():
            sent = _send(desk, notice[0], fiction, now) or sent
    return sent


def _send(desk: Desk, notice: Notice, fiction: _Fiction, now: datetime) -> bool:
    assert notice.window is not None
    opens = notice.opens_at() or notice.window.opens_at
    received = min(opens + timedelta(hours=6), now)
    catalogue = desk.room.catalogue()
    status = catalogue.status(notice, received)
    if not status.accepts_objections:
        return False
    entry = notice.entries[0]
    named = EntryRef(entry.name, entry.category, county=entry.county or notice.county or "")
    objection = Objection(
        number="",
        notice=notice.slug,
        revision=notice.revision,
        received=received,
        objector=Objector(ObjectorKind.PERSON, "演示市民", phone="13800000000"),
        grounds=(fiction.grounds,),
        facts=fiction.facts,
        privacy="1",
        entries=(named,),
        concerns_office=fiction.concerns_office,
    )
    keys = desk.room.keys
    office = office_for(notice, catalogue.site, concerns_office=fiction.concerns_office)
    box = DropBox(desk.settings.dropbox).prepare()
    Submissions(box, keys.public, ReceiptSigner.new()).submit(
        objection,
        [_upload(name, data) for name, data in fiction.files],
        notice=notice,
        office=office or catalogue.site.office,
        code=fiction.code,
        decide=lambda: (received, status),
    )
    return True


def _upload(name: str, data: bytes) -> Upload:
    def opened() -> Any:
        return io.BytesIO(data)

    digest = hashlib.sha256(data).hexdigest()
    return Upload(name, name.rsplit(".", 1)[-1], len(data), digest, FileRole.EVIDENCE, opened)


def _work(desk: Desk, people: Mapping[str, Person], now: datetime) -> None:
    """Bring two cases some way along: one with an open question, one closed."""
    officer, second = people["yanshi"], people["yanshi2"]
    for fiction in (_ASKED, _CLOSED):
        case = _case(desk, fiction)
        if case is None:
            continue
        number = case.number
        identity = desk.room.keys.identity(case.office, case.notice, PASSPHRASE)
        desk.casework.open(officer, number, [identity], now)
        desk.casework.accept(officer, number, now, [identity])
        desk.casework.examine(officer, number, now, [identity])
        desk.casework.assign(officer, number, officer.username, now)
        if fiction is _ASKED:
            question = "（演示）请补充您所依据的登记信息的来源。"
            desk.casework.ask(officer, number, question, now, [identity])
            continue
        desk.casework.reply(officer, number, "（演示）经核对，两处公示时间一致。", now, [identity])
        summary = "（演示）经核对，网上公示与张贴公示的起止时间一致。"
        proposal = Proposal(Ending.CLOSE, summary, outcome=Outcome.REJECTED)
        desk.approvals.propose(officer, number, proposal, now, [identity])
        desk.casework.open(second, number, [identity], now)
        desk.approvals.confirm(second, number, now)


def _case(desk: Desk, fiction: _Fiction) -> Case | None:
    with desk.room.register.read() as session:
        return session.scalar(select(Case).where(Case.lookup == derived(fiction.code).lookup))


def _lines() -> str:
    names = "、".join(f"{staff.username}（{staff.name}）" for staff in STAFF)
    secrets = "\n".join(f"              {s.username:<8}  {s.secret}" for s in STAFF)
    return "\n".join(
        (
            f"  演示人员    {names}",
            f"  登录密码    {PASSWORD}",
            "  动态口令    登录页上列出此刻的口令；也可以把下列密钥填入手机验证器",
            secrets,
            f"  密钥口令    {PASSPHRASE}",
            f"  查询码      {grouped(_ASKED.code)}（公众网站“查询异议”，有一个待答的询问）",
        )
    )
