"""/healthz, /readyz and /metrics of both apps: for the local network, nothing personal in them."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from portal.errors import RequestError
from tests.backup.conftest import machine_at
from tests.publicside import public_side
from tests.sites import MINIMAL, SiteTree


@pytest.fixture
def side(tmp_path):
    (tmp_path / "site/notices").mkdir(parents=True)
    return public_side(SiteTree(tmp_path / "site").write(MINIMAL), tmp_path / "state")


def ask(app, path="/readyz", peer="127.0.0.1", **headers):
    client = app.test_client()
    return client.get(path, environ_overrides={"REMOTE_ADDR": peer}, headers=headers)


def test_alive_and_ready(side):
    app = side.app()
    assert ask(app, "/healthz").text == "ok\n"
    answer = ask(app)
    assert answer.status_code == 200
    assert {one["name"] for one in answer.json["checks"]} >= {
        "keys",
        "disk",
        "collected",
        "calendar",
        "ledger",
    }
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_is_wrong_is_said_with_its_remedy(side):
    shutil.rmtree(side.root / "keys/public")
    answer = ask(side.app())
    assert answer.status_code == 503
    bad = [one for one in answer.json["checks"] if one["level"] == "bad"]
    assert [one["name"] for one in bad] == ["keys"]
    assert "portal keys new" in bad[0]["remedy"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_strangers_are_told_nothing(side, path, monkeypatch):
    app = side.app()
    assert ask(app, path, "203.0.113.9").status_code == 404
    assert ask(app, path, "10.1.2.3").status_code == 404
    # A proxy that the settings do not count: everybody behind it has its address.
    assert ask(app, path, "127.0.0.1", **{"X-Forwarded-For": "203.0.113.9"}).status_code == 404
    counted = side.app(proxies=1)
    assert ask(counted, path, "", **{"X-Forwarded-For": "203.0.113.9"}).status_code == 404
    assert ask(counted, path, "", **{"X-Forwarded-For": "127.0.0.1"}).status_code == 200
    assert ask(counted, path, "").status_code == 200, "over the socket itself"
    monkeypatch.setenv("PORTAL_WATCH_NETWORKS", "10.1.0.0/16, ::1")
    app = side.app()
    assert ask(app, path, "10.1.2.3").status_code == 200
    assert ask(app, path, "::ffff:10.1.2.3").status_code == 200
    assert ask(app, path, "127.0.0.1").status_code == 404
    monkeypatch.setenv("PORTAL_WATCH_NETWORKS", "10.1.2.3/16")
    with pytest.raises(RequestError, match="PORTAL_WATCH_NETWORKS"):
        side.app()


def test_the_desk_tells_its_own_without_signing_in_and_without_names(tmp_path):
    from portal.desk.desk_app import create_app

    with machine_at(tmp_path) as machine:
        number = machine.object()
        machine.collect()
        app = create_app(machine.settings(), machine.side.clock)
        answer = ask(app)
        assert answer.status_code == 200, answer.text
        assert {one["name"] for one in answer.json["checks"]} >= {"register", "accounts", "mail"}
        for personal in (number, machine.officer.username, "王平", "钱七"):
            assert personal not in json.dumps(answer.json, ensure_ascii=False)
        assert ask(app, "/healthz", "10.0.0.1").status_code == 404
        app.test_client().get(f"/cases/{number}/?q=王平", headers={"User-Agent": "王平"})
        measured = ask(app, "/metrics").text
        assert 'portal_check{name="register"} 0.0' in measured
        assert 'portal_figure{name="register",of="audit_lines"}' in measured
        assert 'method="GET",status="302",view="case' in measured
        for personal in (number, machine.officer.username, "王平", "127.0.0.1"):
            assert personal not in measured
        app.extensions["portal.desk"].close()
        (machine.state / "desk/secret").write_text("0" * 64)
        other = create_app(machine.settings(), machine.side.clock)
        assert ask(other).status_code == 503
        other.extensions["portal.desk"].close()


def test_requests_are_counted_by_view_and_nothing_else_is_told(side):
    app = side.app()
    for _ in range(2):
        ask(app, "/")
    ask(app, "/秘密的地址/?code=7K2M", "203.0.113.9", **{"User-Agent": "秘密的浏览器"})
    app.test_client().open("/", method="SECRET")
    measured = ask(app, "/metrics").text
    assert 'portal_requests_total{method="GET",status="200",view="home.home"} 2.0' in measured
    assert 'portal_requests_total{method="GET",status="404",view="none"} 1.0' in measured
    assert 'portal_request_seconds_count{view="home.home"}' in measured
    assert "portal_ready 1.0" in measured
    assert 'portal_figure{name="collected",of="waiting"} 0.0' in measured
    for told in ("秘密", "7K2M", "203.0.113.9", "SECRET", "_created"):
        assert told not in measured


_TWO_WORKERS = """
import os
from flask import Flask
from portal.watching.findings import Remembered
from portal.web.measures import Measures
app = Flask("counted")
measures = Measures(app, Remembered([], lambda: None, lambda: 0.0))
worker = os.fork()
app.test_client().get("/")
if worker:
    os.waitpid(worker, 0)
    print(measures.answer()[1].decode())
"""


def test_workers_count_together_or_say_why_they_cannot(tmp_path):
    def run(folder):
        return subprocess.run(
            [sys.executable, "-c", _TWO_WORKERS],
            env=os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(folder)},
            check=False,
            capture_output=True,
            text=True,
        )

    assert 'portal_requests_total{method="GET",status="404",view="none"} 2.0' in (
        run(tmp_path / "metrics").stdout
    )
    (tmp_path / "file").write_text("")
    assert "PROMETHEUS_MULTIPROC_DIR 的文件夹" in run(tmp_path / "file").stderr
