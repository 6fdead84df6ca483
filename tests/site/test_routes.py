"""The list of addresses: one that goes away breaks somebody's link, so it is written down."""

import json
from pathlib import Path

from tests.showcase import site_app

ROUTES = Path(__file__).parent / "routes.json"


def test_no_address_goes_away_unnoticed(catalogue):
    app = site_app(catalogue, development=True)
    rules = sorted(rule.rule for rule in app.url_map.iter_rules())
    known = json.loads(ROUTES.read_text(encoding="utf-8"))
    gone = sorted(set(known) - set(rules))
    assert gone == [], "readers and feeds keep these addresses: redirect them"
    assert rules == known, f"write the new ones into {ROUTES.name}"


def test_every_address_only_reads(app):
    for rule in app.url_map.iter_rules():
        assert rule.methods <= {"GET", "HEAD", "OPTIONS"}, rule.rule


def test_the_site_keeps_no_secret(app):
    assert app.secret_key is None
