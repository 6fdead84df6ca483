"""The staff desk at 320 pixels; tests/desk/test_reading.py reads its pages by axe."""

import pytest

from portal.desk.entry.late_forms import cookie_name
from tests.browser.conftest import Visitor, serving
from tests.casedesk import NOW, PINGDING, migrated_sqlite, sqlite_register  # noqa: F401
from tests.desk.conftest import make_office

pytestmark = pytest.mark.browser
FILES = [("照片.jpg", b"\xff\xd8\xff\xd9"), ("表.docx", b"PK\x03\x04 broken")]


@pytest.fixture
def office(sqlite_register, tmp_path):  # noqa: F811
    made = make_office(tmp_path, str(sqlite_register.engine.url))
    yield made
    made.desk.close()


def test_the_desk_does_not_scroll_sideways_at_320_pixels(office, browser):
    citizen = office.cases.arrive(files=FILES)
    client = office.opened(PINGDING, citizen)
    name = cookie_name(office.desk)
    cookie = {"name": name, "value": client.get_cookie(name).value}
    wide = {}
    with serving(office.app) as address:
        visitor = Visitor(browser, address)
        with visitor.page("/sign-in", 320, 640, now=NOW) as page:
            page.context.add_cookies([{**cookie, "url": address}])
            for path in (
                "/",
                "/publishing/",
                "/publishing/new",
                "/calendar/",
                "/help",
                f"/cases/{citizen.number}/",
                "/figures",
                "/password",
                "/nothing",
            ):
                page.goto(address + path)
                wide[path] = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert {path: over for path, over in wide.items() if over > 0} == {}
