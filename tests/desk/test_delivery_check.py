"""The public reads what was built last, and doctor, /readyz and /metrics say where it does not."""

import os
from datetime import datetime, timedelta

import pytest

from portal.config.build_settings import BuildSettings
from portal.config.publishing_settings import PublishingSettings
from portal.desk.delivery_check import delivery_check
from portal.domain.workdays import SHANGHAI
from portal.editorial.delivery import Delivery, Way
from portal.errors import RequestError
from portal.ledger.siteproof import MANIFEST, sign_site, signed_site
from portal.watching.findings import Level
from tests.editorial.test_delivery import served, site
from tests.recording import KEY

__all__ = ["served", "site"]
AT = datetime(2026, 3, 4, 10, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)


def signed(site, text, at):
    """The site as it was built and signed at an instant."""
    (site / "index.html").write_text(text)
    sign_site(site, KEY, at)
    for path in (site / MANIFEST, site):
        os.utime(path, (at.timestamp(), at.timestamp()))


def look(delivery, site, now):
    settings = PublishingSettings(build=BuildSettings(out=site), delivery=delivery)
    return delivery_check(lambda: settings).at(now).finding


def ways(tmp_path, served):
    public, address = served
    yield Delivery(Way.FOLDER, str(public))
    yield Delivery(Way.FOLDER, str(public), address)
    (tmp_path / "stick").mkdir()
    yield Delivery(Way.CARRIED, str(tmp_path / "stick"))


def test_a_public_site_that_is_not_the_one_built_last_is_told(site, served, tmp_path):
    for number, delivery in enumerate(ways(tmp_path, served)):
        at = AT + number * timedelta(days=1)
        bad = Level.SOON if delivery.way is Way.CARRIED else Level.BAD
        signed(site, f"one {number}", at)
        assert look(delivery, site, at + timedelta(minutes=5)).level is Level.GOOD
        found = look(delivery, site, at + HOUR)
        assert (found.level, dict(found.figures)) == (bad, {"behind_seconds": 3600.0})
        assert "portal publications --deliver" in found.remedy
        delivery.deliver(site)
        found = look(delivery, site, at + HOUR)
        assert (found.level, dict(found.figures)) == (Level.GOOD, {"behind_seconds": 0})
        signed(site, f"two {number}", at + HOUR)
        found = look(delivery, site, at + 2 * HOUR)
        assert (found.level, "11:00" in found.words) == (bad, True)
        delivery.deliver(site)
        assert look(delivery, site, at + 2 * HOUR).level is Level.GOOD
        (site / MANIFEST).unlink()  # as `portal build` does when it writes
        os.utime(site, ((at + 2 * HOUR).timestamp(),) * 2)
        found = look(delivery, site, at + 3 * HOUR)
        assert (found.level, "没有签名" in found.words) == (Level.SOON, True)


def test_what_cannot_be_seen_is_said(site, tmp_path):
    own = look(Delivery(), site, AT)
    assert own.level is Level.GOOD
    assert "PORTAL_DELIVERY_TEXTS" not in own.words
    away = Delivery(Way.FOLDER, str(site), "http://127.0.0.1:9")
    signed(site, "one", AT)
    assert look(away, site, AT + HOUR).level is Level.BAD
    assert "打不开公开的" in look(away, site, AT + HOUR).words
    carried = look(Delivery(Way.CARRIED, "x"), tmp_path / "none", AT)
    assert "还没有生成" in carried.words
    assert "没有设置 PORTAL_DELIVERY_TEXTS" in carried.words


def test_only_files_that_are_those_of_the_signed_list_are_sent_again(site):
    assert not signed_site(site)
    signed(site, "one", AT)
    assert signed_site(site)
    (site / "index.html").write_text("changed")
    with pytest.raises(RequestError, match="portal build"):
        signed_site(site)
    (site / MANIFEST).write_bytes(b"cut")
    with pytest.raises(RequestError, match="portal build"):
        signed_site(site)
