"""What subscribers see, in programs that they use: every later act is something new to read."""

import mailbox
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.header import decode_header, make_header
from pathlib import Path
from threading import Thread

import feedparser
import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from portal.content.catalogue import Catalogue
from portal.domain.notice import Kind, Revision
from portal.domain.window import Extension, publicity_window
from tests.freezer.samples import CALENDAR, ENTRIES, catalogue, instant, notice, with_parts
from tests.showcase import site_app
from tests.thirdaward import COUNTY_PUBLICITY

AT = instant("2026-11-20T12:00")
OPENS = instant("2026-11-02T00:00").date()
TITLE = "平定县推荐名单公示"


def listed(*revisions: Revision, extensions: tuple[Extension, ...] = ()):
    return notice(
        "listed",
        title=TITLE,
        kind=COUNTY_PUBLICITY,
        county="pingding",
        window=publicity_window(OPENS, 5, CALENDAR, extensions=extensions),
        entries=ENTRIES,
        revisions=revisions,
    )


def revision(number: int, at: str, extensions: int = 0) -> Revision:
    return Revision(
        number, instant(at), "说明" * (number > 1), TITLE, "", (), extensions=extensions
    )


def acts() -> Iterator[tuple[str, Catalogue]]:
    """The list, then a revision, an extension, a correction and a withdrawal: what each adds."""
    first, second = revision(1, "2026-11-02T09:00"), revision(2, "2026-11-03T09:00")
    third = revision(3, "2026-11-04T09:00", 1)
    longer = listed(first, second, third, extensions=(Extension(2, "暴雪"),))
    correction, withdrawal = (
        notice(slug, at, title=title, kind=kind, amends="listed")
        for slug, at, title, kind in (
            ("fix", "2026-11-05T09:00", "关于名单的更正公告", Kind.CORRECTION),
            ("gone", "2026-11-06T09:00", "关于撤回名单的公告", Kind.WITHDRAWAL),
        )
    )
    yield TITLE, catalogue(listed(first))
    yield f"【已修订】{TITLE}", catalogue(listed(first, second))
    yield f"【已延长】{TITLE}", catalogue(longer)
    yield "关于名单的更正公告", catalogue(longer, correction)
    yield "关于撤回名单的公告", catalogue(longer, correction, withdrawal)


class _Quiet(WSGIRequestHandler):
    def log(self, *_args: object) -> None:
        """Nothing."""


class Site:
    """The site on a port of this machine; what it publishes can be changed while it runs."""

    def __init__(self) -> None:
        self.now = catalogue()
        self._server = make_server("127.0.0.1", 0, self._answer, request_handler=_Quiet)
        self.address = f"http://127.0.0.1:{self._server.port}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def _answer(self, environ, start):
        return site_app(self.now, AT)(environ, start)

    def stop(self) -> None:
        self._server.shutdown()


@pytest.fixture
def site() -> Iterator[Site]:
    running = Site()
    yield running
    running.stop()


def by_id(url: str, folder: Path) -> Callable[[], list[str]]:
    """feedparser, as a program that remembers identifiers."""
    del folder
    seen: set[str] = set()

    def read() -> list[str]:
        new = [entry for entry in feedparser.parse(url).entries if entry.id not in seen]
        seen.update(entry.id for entry in new)
        return [entry.title for entry in new]

    return read


def by_date(url: str, folder: Path) -> Callable[[], list[str]]:
    """feedparser, as a program that remembers the newest date."""
    del folder
    newest = [()]

    def read() -> list[str]:
        entries = feedparser.parse(url).entries
        new = [entry for entry in entries if tuple(entry.published_parsed) > newest[0]]
        newest[0] = max(newest[0], *(tuple(entry.published_parsed) for entry in entries))
        return [entry.title for entry in new]

    return read


def run(folder: Path, *words: str) -> None:
    environment = {**os.environ, "HOME": str(folder), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    subprocess.run(words, check=True, cwd=folder, env=environment, timeout=60, capture_output=True)


def newsboat(url: str, folder: Path) -> Callable[[], list[str]]:
    """newsboat: what stands unread after a reload; then all of it is read."""
    (folder / "urls").write_text(f"{url}\n")
    (folder / "config").write_text("")
    cache = folder / "cache.db"

    def read() -> list[str]:
        files = ("-u", str(folder / "urls"), "-c", str(cache), "-C", str(folder / "config"))
        run(folder, "newsboat", *files, "-x", "reload")
        with sqlite3.connect(cache) as store:
            new = store.execute("SELECT title FROM rss_item WHERE unread").fetchall()
            store.execute("UPDATE rss_item SET unread = 0")
        store.close()
        return [title for (title,) in new]

    return read


def rss2email(url: str, folder: Path) -> Callable[[], list[str]]:
    """rss2email: the letters that a run puts into a mailbox."""
    program = ("r2e", "-c", str(folder / "r2e.cfg"), "-d", str(folder / "r2e.json"))
    run(folder, *program, "new", "reader@example.org")
    settings = (
        (folder / "r2e.cfg")
        .read_text()
        .replace("email-protocol = sendmail", "email-protocol = maildir")
    )
    (folder / "r2e.cfg").write_text(settings)
    (folder / "Maildir").mkdir()
    run(folder, *program, "add", "site", url)

    def letters() -> list[str]:
        found = mailbox.Maildir(folder / "Maildir" / "INBOX")
        subjects = [str(make_header(decode_header(letter["Subject"]))) for letter in found]
        found.clear()
        return subjects

    def read() -> list[str]:
        run(folder, *program, "run")
        return letters()

    return read


@pytest.mark.parametrize("fmt", ["rss.xml", "atom.xml"])
@pytest.mark.parametrize("reader", [by_id, by_date, newsboat, rss2email])
def test_every_later_act_is_new_to_a_reader(site, tmp_path, reader, fmt):
    for program in {newsboat: ["newsboat"], rss2email: ["r2e"]}.get(reader, []):
        assert shutil.which(program), f"run deploy/setup.sh test: {program} is missing"
    read = reader(f"{site.address}/feeds/county/pingding.{fmt}", tmp_path)
    for title, published in acts():
        site.now = with_parts(published, site=replace(published.site, base_url=site.address))
        assert read() == [title]
        assert read() == []
