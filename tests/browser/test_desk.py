"""The staff desk in a real browser: axe on its pages, no sideways scrolling on a phone."""

import pytest

from portal.desk.gate import cookie_name
from tests.browser.conftest import Visitor, serving
from tests.browser.test_everybody import violations
from tests.casedesk import NOW, PINGDING, migrated_sqlite, sqlite_register  # noqa: F401
from tests.desk.conftest import make_office

pytestmark = pytest.mark.browser
FILES = [("照片.jpg", b"\xff\xd8\xff\xd9"), ("表.docx", b"PK\x03\x04 broken")]


@pytest.fixture
def office(sqlite_register, tmp_path):  # noqa: F811
    made = make_office(tmp_path, str(sqlite_register.engine.url))
    yield made
    made.desk.room.register.close()


def test_the_desk_is_usable_by_everybody(office, browser):
    citizen = office.cases.arrive(files=FILES)
    office.cases.arrive()
    client = office.opened(PINGDING, citizen)
    name = cookie_name(office.desk)
    cookie = {"name": name, "value": client.get_cookie(name).value}
    paths = ("/", f"/cases/{citizen.number}/", "/figures", "/password", "/nothing")
    found = {}
    with serving(office.app) as address:
        visitor = Visitor(browser, address)
        for size in ((1280, 800), (320, 640)):
            with visitor.page("/sign-in", *size, now=NOW) as page:
                found["/sign-in", size] = violations(page)
                page.context.add_cookies([{**cookie, "url": address}])
                for path in paths:
                    page.goto(address + path)
                    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                    found[path, size] = violations(page) + ["scrolls sideways"] * (over > 0)
    assert {place: faults for place, faults in found.items() if faults} == {}
    assert {url for url in visitor.requests if not url.startswith(address)} == set()
