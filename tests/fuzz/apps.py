"""Both apps with something in them, and what a fuzzer needs to know of each."""

import random
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, got_request_exception
from werkzeug.test import Client, run_wsgi_app

from portal.casework.register import Register
from tests.casedesk import AUDITOR, CITY, PINGDING, YUXIAN
from tests.desk.conftest import make_office, token
from tests.fuzz.hostile_requests import Hostile
from tests.publicside import SLUG, public_side
from tests.sites import MINIMAL, SiteTree


@dataclass
class Finding:
    """A request that was answered with a failure."""

    what: str
    status: int
    trace: str


def fuzz(
    app: Flask, hostile: Hostile, count: int, jar: Callable[[dict], None]
) -> Iterator[Finding]:
    """Send requests; what is answered with 5xx, or raises, is a finding."""
    raised: list[str] = []

    def note(_sender: object, exception: Exception, **_: object) -> None:
        raised.append("".join(traceback.format_exception(exception)[-7:]))

    app.testing = False
    app.logger.disabled = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with got_request_exception.connected_to(note, app):
        for environ in hostile.environs(count):
            jar(environ)
            raised.clear()
            path, query = environ.get("PATH_INFO"), str(environ.get("QUERY_STRING"))
            what = f"{environ['REQUEST_METHOD']} {path!r} ?{query[:80]!r}"
            try:
                chunks, status, _ = run_wsgi_app(app.wsgi_app, environ, buffered=True)
                b"".join(chunks)
            except Exception:  # noqa: BLE001 - that is what is looked for
                yield Finding(what, 599, traceback.format_exc())
                continue
            code = int(status.split()[0])
            if code >= 500 or raised:
                yield Finding(what, code, raised[-1] if raised else "")


def public_findings(folder: Path, seed: int, count: int) -> Iterator[Finding]:
    """The public app, its window open, its quotas as they are shipped."""
    side = public_side(SiteTree(folder / "site").write(MINIMAL), folder / "side")
    app = side.app()
    client = app.test_client(use_cookies=True)
    client.get("/objections/")
    known = (SLUG, "2021", "pingding", "individual", "static", "all.rss.xml", "city-office")
    hostile = Hostile(app, random.Random(seed), known, token=_form_token(client))
    yield from fuzz(app, hostile, count, lambda environ: _cookies(environ, client))


def _form_token(client: Client) -> str:
    text = client.get(f"/objections/{SLUG}/").text
    return text.split('name="csrf_token"', 1)[-1].split('value="', 1)[-1].split('"', 1)[0]


def desk_findings(folder: Path, seed: int, count: int) -> Iterator[Finding]:
    """The desk as each kind of staff, an opened case before them."""
    rng = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    register = Register(f"sqlite:///{folder / 'register.sqlite3'}")
    register.migrate()
    register.close()
    office = make_office(folder, f"sqlite:///{folder / 'register.sqlite3'}")
    app = office.app
    files = [("证据.pdf", b"%PDF-1.4 broken"), ("证据.docx", b"PK\x03\x04 broken")]
    citizens = [office.cases.arrive("pd-list", files=files), office.cases.arrive("yx-list")]
    client = office.opened(PINGDING, citizens[0])
    people = [client, *(office.sign_in(person) for person in (CITY, YUXIAN, AUDITOR))]
    known = (
        *(c.number for c in citizens),
        "pd-list",
        "0-1",
        "1",
        "accept",
        "city-office",
        "sun.yx",
    )
    fields = _fields(client, [f"/cases/{citizens[0].number}/", "/register", "/staff", "/inbox/"])
    each = max(count // 20, 1)
    for round_ in range(0, count, each):
        who = people[0] if round_ // each % 2 == 0 else rng.choice(people)
        hostile = Hostile(app, rng, known, fields, token(who))
        yield from fuzz(app, hostile, each, lambda environ, who=who: _cookies(environ, who))
        if who.get("/inbox/").status_code == 302:  # signed out by the fuzzer
            people = [office.sign_in(person) for person in (PINGDING, CITY, YUXIAN, AUDITOR)]
    office.desk.close()


def _fields(client: Client, pages: list[str]) -> tuple[str, ...]:
    import re

    found = {
        name for page in pages for name in re.findall(r'name="([^"]+)"', client.get(page).text)
    }
    return tuple(sorted(found - {"viewport", "csrf_token"}))


def _cookies(environ: dict, client: Client) -> None:
    if "HTTP_COOKIE" not in environ:
        client._add_cookies_to_wsgi(environ)
