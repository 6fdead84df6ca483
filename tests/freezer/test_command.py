"""`portal build` as an officer meets it: what it says, when it refuses, and how it stays."""

import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from portal.cli import portal
from tests.freezer.building import CALL, SITE, bench


@pytest.fixture
def made(site_from, monkeypatch):
    tree = site_from(SITE).record()
    monkeypatch.setenv("PORTAL_STATE", str(tree.root / "state"))
    monkeypatch.setenv("PORTAL_CONTENT", str(tree.content[0]))
    monkeypatch.setenv("PORTAL_NOTICES", str(tree.notices[0]))
    monkeypatch.setenv("PORTAL_BUILD", str(tree.root / "site" / "build"))
    return bench(tree)


def run(*arguments):
    return CliRunner().invoke(portal, ["build", "--formats", "html", "--jobs", "1", *arguments])


def test_it_says_what_it_did_and_when_the_next_change_is_due(made):
    first = run("--as-of", "2021-12-07T12:00")
    assert first.exit_code == 0
    assert "没有可用的构建记录，全部构建" in first.output
    assert "下一次状态变化：2021-12-08 00:00" in first.output
    again = run("--as-of", "2021-12-07T12:00:01+08:00")
    assert "没有变化" in again.output
    assert "生成页面" not in again.output
    assert "按要求全部重建" in run("--as-of", "2021-12-07T12:00", "--clean").output


@pytest.mark.parametrize(
    "arguments",
    [
        ("--as-of", "明天"),
        ("--formats", "html,nothing"),
        ("--jobs", "0"),
        ("--watch", "--clean"),
    ],
)
def test_a_request_it_cannot_understand_is_refused_as_usage(made, arguments):
    assert run(*arguments).exit_code == 2
    assert not made.out.exists()


def test_watching_builds_when_a_file_changes_and_outlives_a_fault(made):
    command = [sys.executable, "-m", "portal", "build", "--formats", "html", "--watch"]
    # Tests that run in the background of a shell inherit that Ctrl+C is ignored.
    command = ["env", "--default-signal=INT", *command]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    page = made.out / "notices" / "call" / "index.html"
    try:
        _wait(page.exists)
        made.tree.write("-- notices/call/notice.md --\n没有信息头\n")
        time.sleep(1.5)
        assert "自愿" in page.read_text(encoding="utf-8")
        made.tree.write(CALL.replace("自愿", "踊跃")).record()
        _wait(lambda: "踊跃" in page.read_text(encoding="utf-8"))
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0


def _wait(condition, seconds=40):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.1)


def test_the_site_can_live_under_a_path(made):
    assert run("--base-url", "https://gov.test/award").exit_code == 0
    home = (made.out / "index.html").read_text(encoding="utf-8")
    assert 'href="/award/notices/"' in home
    assert (made.out / "notices").is_dir()
