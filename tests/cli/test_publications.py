"""`portal publications`: the job in a process of its own, the key over a pipe, killed at will."""

import os
import random

import pytest

from tests.bench.publication import Office, kills
from tests.program import portal


@pytest.fixture
def office(tmp_path):
    return Office.small(tmp_path)


def run(office, *arguments, given=""):
    return portal("publications", *arguments, given=given, env=office.environment())


def test_what_waits_and_what_was_done_is_listed(office, tmp_path, monkeypatch):
    monkeypatch.setenv("PORTAL_DELIVERY_TARGET", str(tmp_path / "public"))
    assert run(office).stdout == "没有签发的公告\n"
    office.sign("call", "请申报。\n")
    waits = run(office)
    assert (waits.returncode, "等待开始" in waits.stdout) == (0, True)
    done = run(office, "--run")  # a key without a passphrase, as in the demonstration
    assert (done.returncode, done.stderr) == (0, "")
    assert "已发布，用时" in run(office).stdout
    assert office.disagreements() == []
    page = tmp_path / "public/index.html"
    whole, times = page.read_bytes(), page.stat()
    page.write_bytes(whole[:-1] + b"X")
    os.utime(page, ns=(times.st_atime_ns, times.st_mtime_ns))
    again = run(office, "--deliver")
    assert (again.returncode, "改动1个文件" in again.stdout) == (0, True), again.stderr
    assert page.read_bytes() == whole


def test_a_wrong_key_and_a_refused_text_are_told(office):
    office.sign("call", "请申报。\n")
    wrong = run(office, "--run", "--key-stdin", given="ab")
    assert (wrong.returncode, "没有密钥" in wrong.stderr) == (1, True)
    office.sign("bad", "身份证号 140302199001011237。\n", wanted="returned")
    refused = run(office, "--run")
    assert (refused.returncode, "bad：发布前检查发现" in refused.stderr) == (1, True)
    assert office.disagreements() == []


def test_killed_at_random_instants_everything_agrees_afterwards(office):
    assert kills(office, 3, random.Random(7), told=lambda _: None) == 0
