"""Services that are away, and a site that nobody builds any more, are told."""

import os
import socketserver
import threading
from datetime import timedelta

import pytest

from portal.config.public_settings import PublicSettings
from portal.config.shared_settings import SharedSettings
from portal.errors import UnreachableError
from portal.public_checks import public_checks
from portal.watching.findings import Level
from portal.watching.service_checks import app_answers, shared
from portal.watching.site_checks import built
from tests.freezer.building import Bench
from tests.publicside import CLOSES, OPEN, OPENS, SLUG
from tests.sites import MINIMAL, PINGDING, SiteTree


class Healthy(socketserver.StreamRequestHandler):
    def handle(self):
        asked = self.rfile.readline()
        status = b"200 OK" if b" /healthz " in asked else b"404 Not Found"
        self.wfile.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")


@pytest.mark.parametrize("kind", ["unix", "http"])
def test_an_app_that_does_not_answer_is_told(tmp_path, kind):
    if kind == "unix":
        server = socketserver.ThreadingUnixStreamServer(str(tmp_path / "s"), Healthy)
        address = f"unix:{tmp_path / 's'}"
    else:
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Healthy)
        address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    check = app_answers(address)
    assert check.at(OPEN).finding.level is Level.GOOD
    server.shutdown()
    thread.join()
    server.server_close()
    found = check.at(OPEN).finding
    assert found.level is Level.BAD
    assert f"{address} 没有应答：对方没有应答" in found.words
    assert "systemctl status" in found.remedy


def test_what_hosts_share_is_asked_now_and_then_and_told_at_once_when_away():
    asked, away = [], []

    def ask():
        asked.append(1)
        if away:
            raise UnreachableError("对象存储不接受这台机器的凭据")

    check = shared("store", "对象存储", ask, "检查")
    for minutes in (0, 1, 4):
        assert check.at(OPEN + timedelta(minutes=minutes)).finding.level is Level.GOOD
    assert len(asked) == 1
    away.append(1)
    for minutes in (6, 6.1):
        assert check.at(OPEN + timedelta(minutes=minutes)).finding.level is Level.BAD
    away.clear()
    assert check.at(OPEN + timedelta(minutes=6.2)).finding.level is Level.GOOD


def test_a_form_database_that_is_away_is_a_fault_of_the_public_side(tmp_path):
    nowhere = SharedSettings(database="postgresql://portal@127.0.0.1:1/form")
    checks = public_checks(PublicSettings(shared=nowhere), lambda: None)
    (check,) = [check for check in checks if check.name == "form_database"]
    found = check.at(OPEN).finding
    assert found.level is Level.BAD
    assert "异议无法提交" in found.words
    assert "PORTAL_FORM_DATABASE" in found.remedy


def test_a_site_that_missed_the_opening_or_the_end_of_a_window_is_told(tmp_path):
    tree = SiteTree(tmp_path / "site").write(MINIMAL).write(PINGDING)
    (tree.root / "notices").mkdir(exist_ok=True)
    tree.record()
    bench = Bench(tree, tmp_path / "out", tmp_path / "cache")
    check = built(tmp_path / "out", [tree.root / "none"], tree.catalogue)
    turned = timedelta(minutes=20)

    def build(at):
        """As if it were then: what is written gets that time."""
        bench.build(at, formats=frozenset({"html"}))
        for page in (tmp_path / "out").rglob("*.html"):
            if page.stat().st_mtime > CLOSES.timestamp() + 86400 * 365:
                os.utime(page, (at.timestamp(), at.timestamp()))
        (tmp_path / "out/ledger.json").write_text('{"ledgers": []}')

    build(OPENS - timedelta(days=1))
    assert check.at(OPENS - turned).finding.level is Level.GOOD
    for turn, what in ((OPENS, "开始"), (CLOSES, "截止")):
        assert check.at(turn + timedelta(minutes=10)).finding.level is Level.GOOD
        found = check.at(turn + turned).finding
        assert found.level is Level.BAD
        assert SLUG in found.words
        assert f"{what}，网站上还没有" in found.words
        build(turn + timedelta(minutes=1))
        assert check.at(turn + turned).finding.level is Level.GOOD
    (tmp_path / "out/index.html").unlink()
    assert check.at(CLOSES + turned).finding.level is Level.BAD
