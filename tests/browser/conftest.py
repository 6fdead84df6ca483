"""A real Chromium against the site with its demonstration round, served on a free local port."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from weakref import WeakKeyDictionary

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.showcase import BASE_URL, NOW, showcase, site_app

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        pass


@contextmanager
def serving(app: Flask, port: int = 0) -> Iterator[str]:
    """Serve an app on 127.0.0.1; gives its address without the last slash."""
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


# Pages of contexts that nobody uses now, by browser and options.
_FREE: WeakKeyDictionary[Browser, dict[str, list[Page]]] = WeakKeyDictionary()


class Visitor:
    """Opens pages as a reader would, and notes what went wrong while it did."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self.requests: list[str] = []
        self.complaints: list[str] = []

    @contextmanager
    def page(
        self,
        path: str,
        width: int = 1280,
        height: int = 800,
        *,
        now: datetime = NOW,
        prefs: dict[str, str] | None = None,
        **options: object,
    ) -> Iterator[Page]:
        """A page opened at an instant of the reader's own clock, with remembered settings."""
        free = _FREE.setdefault(self.browser, {}).setdefault(repr(options), [])
        keeping = free.pop() if free else self._keeping(options)
        page = keeping.context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        if options.get("java_script_enabled", True):
            page.clock.set_fixed_time(now)
        if prefs:
            page.add_init_script(
                "".join(f"localStorage.setItem({k!r}, {v!r});" for k, v in prefs.items())
            )
        page.goto(self.address + path)
        try:
            yield page
        except BaseException:
            keeping.context.close()  # what failed may have left anything
            raise
        _forget(page, self.address, keeping)
        free.append(keeping)

    def _keeping(self, options: dict[str, object]) -> Page:
        """A page that stays open, so that the context's process goes on to the next one.

        For a context of its own each page paid twice: a new process has yet to warm up.
        """
        context = self.browser.new_context(locale="zh-CN", **options)
        keeping = context.new_page()
        keeping.goto(f"{self.address}/robots.txt")
        return keeping


def _forget(page: Page, address: str, keeping: Page) -> None:
    """Close a page and what it opened, and empty all that its site left in the context."""
    tools = page.context.new_cdp_session(page)
    tools.send("Storage.clearDataForOrigin", {"origin": address, "storageTypes": "all"})
    tools.send("Network.clearBrowserCache")
    page.context.clear_cookies()
    page.context.clear_permissions()
    for opened in page.context.pages:
        if opened is not keeping:
            opened.close()


@pytest.fixture(scope="session")
def site_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    catalogue = showcase(tmp_path_factory.mktemp("browser"), BASE_URL)
    with serving(site_app(catalogue, development=True)) as address:
        yield address


# One for each module, not for the session: Playwright cannot be started twice in a process, and
# other tests start their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def visitor(browser: Browser, site_address: str) -> Visitor:
    return Visitor(browser, site_address)
