"""The desk over a site on disk, with three officers who draft, review and sign off."""

import io
import shutil
from dataclasses import dataclass
from datetime import datetime

import pytest
from openpyxl import Workbook

from portal.casework.models import Staff
from portal.casework.people import Person, Right, Role
from portal.config.common import Paths
from portal.desk.entry.accounts import NewStaff
from portal.domain.workdays import SHANGHAI
from tests.desk.conftest import (
    Office,
    make_office,
    migrated_sqlite,  # noqa: F401 - fixtures
    post,
    sqlite_register,  # noqa: F401
)
from tests.sites import PINGDING, SiteTree, load_all

AT = datetime(2026, 3, 2, 9, 30, tzinfo=SHANGHAI)  # a Monday
DRAFTER = Person("jing.pd", "经甲", Role.COUNTY, "pingding-office", "pingding")
REVIEWER = Person("shen.city", "审乙", Role.CITY, "city-office")
SIGNER = Person("qian.city", "签丙", Role.CITY, "city-office")
RIGHTS = {DRAFTER: {Right.DRAFT}, REVIEWER: {Right.REVIEW}, SIGNER: {Right.SIGN_OFF}}
PAST = PINGDING.replace("2021-12-06", "2026-02-02").replace("专家学者,赵六", "专家学者,钱七")
CHECKS = """
-- content/review-checks.yml --
- slug: list
  text: 名单与报送的材料逐条核对过
- slug: dates
  text: 公示期的起止日期核对过
"""


@dataclass
class Publishing:
    """The desk and its site."""

    office: Office
    tree: SiteTree

    @property
    def reviews(self):
        return self.office.desk.reviews

    def client(self, person: Person = DRAFTER):
        return self.office.sign_in(person)

    def add(self, person: Person, *may: Right) -> None:
        """A further officer."""
        accounts = self.office.desk.accounts
        new = NewStaff(person.username, person.name, person.role, person.office, person.county)
        self.office.credentials[person.username] = accounts.add(new, AT, "test")
        accounts.allow(person.username, may, AT, "test")
        with self.office.desk.room.register.write() as session:
            for staff in session.query(Staff):
                staff.must_change = False

    def draft(self, slug: str):
        return self.reviews.drafts.read(slug)


def begin(client) -> str:
    """Begin the county's list; gives its slug."""
    data = {"edition": "third", "kind": "county-publicity", "county": "pingding"}
    answer = post(client, "/publishing/new", data)
    assert answer.status_code == 302, answer.text
    return answer.location.split("/")[2]


def workbook(*rows: tuple) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


ODD = workbook(
    ("平定县第三届质量奖推荐名单",),
    ("序号", "申报组织（个人）名称", "备注"),
    (1, "平定 甲制造有限公司", None),
    (2, "平定乙铸造有限公司", None),
    ("合计", "3家", None),
)


def upload(client, slug: str, data: bytes = ODD, name: str = "推荐表.xlsx"):
    return post(client, f"/publishing/{slug}/list/upload", {"sheet": (io.BytesIO(data), name)})


def fields(text: str) -> dict[str, str]:
    """The hidden fields of a page, the last of each name."""
    found = {}
    for part in text.split('<input type="hidden" ')[1:]:
        name = part.split('name="', 1)[1].split('"', 1)[0]
        found[name] = part.split('value="', 1)[1].split('"', 1)[0]
    return found


def making(register, site_from, tmp_path, **settings) -> Publishing:
    """The desk over the minimal site with the texts that the office begins with."""
    tree = site_from(CHECKS)
    shutil.copytree("content/texts", tree.root / "content" / "texts", dirs_exist_ok=True)
    paths = Paths(tuple(tree.content), tuple(tree.notices), tmp_path / "state")
    office = make_office(
        tmp_path,
        str(register.engine.url),
        published=lambda: load_all(tree.content, tree.notices),
        paths=paths,
        now=AT,
        **settings,
    )
    made = Publishing(office, tree)
    for person, may in RIGHTS.items():
        made.add(person, *may)
    return made


@pytest.fixture
def publishing(sqlite_register, site_from, tmp_path):  # noqa: F811
    """The desk over the minimal site."""
    made = making(sqlite_register, site_from, tmp_path)
    yield made
    made.office.desk.close()
