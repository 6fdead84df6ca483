"""The whole portal with its demonstration round at a fixed instant: what page tests look at."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask

from portal.content.catalogue import Catalogue
from portal.demo.award_round import write_demo
from portal.domain.workdays import SHANGHAI
from portal.site import create_app
from portal.site.site_options import SiteOptions
from tests.contract import ContractClient
from tests.recording import record
from tests.sites import load_all

ROOT = Path(__file__).parent.parent
# A Thursday: two windows of the current demonstration round are closed, one open, one to come.
NOW = datetime(2026, 11, 19, 10, 30, tzinfo=SHANGHAI)
# Late enough for the real call, which went up on 22 November 2026.
LATER = NOW + timedelta(days=4)
BASE_URL = "https://portal.example"


def showcase(folder: Path, base_url: str | None = None, today: datetime = NOW) -> Catalogue:
    """The real content and the demonstration round, written to a folder of its own."""
    content, notices = ROOT / "content", ROOT / "notices"
    real = load_all([content], [notices])
    write_demo(folder, real, today.date())
    record(folder / "notices")
    return load_all([content, folder / "content"], [notices, folder / "notices"], base_url=base_url)


def site_app(
    catalogue: Catalogue,
    at: datetime | Callable[[], datetime] = NOW,
    base_url: str = BASE_URL,
    objections_url: str | None = "/objections",
    *,
    development: bool = False,
) -> Flask:
    """The site over a catalogue; its test client keeps the page contract on every response."""
    clock = at if callable(at) else lambda: at
    app = create_app(lambda: catalogue, SiteOptions(base_url, objections_url, development), clock)
    app.test_client_class = ContractClient
    app.testing = True
    return app
