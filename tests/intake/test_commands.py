"""`portal keys` and `portal collect` as a key keeper and an operator run them."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.program import portal
from tests.publicside import SLUG, Citizen, public_side
from tests.sites import PINGDING, SiteTree

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(site_from: Callable[..., SiteTree], tmp_path: Path) -> Run:
    site_from(PINGDING)
    environment = os.environ | {
        "PORTAL_CONTENT": str(tmp_path / "content"),
        "PORTAL_NOTICES": str(tmp_path / "notices"),
        "PORTAL_STATE": str(tmp_path / "state"),
        "PORTAL_PASSPHRASE": "a demonstration passphrase",
    }

    def run(*words: object, typed: str = "") -> subprocess.CompletedProcess[str]:
        return portal(*words, given=typed, env=environment)

    return run


def test_keys_are_made_listed_and_destroyed(run: Run, tmp_path: Path) -> None:
    refused = run("keys", "new", "--notice", SLUG)
    assert (refused.returncode, "各用各的口令" in refused.stderr) == (1, True)
    shares = tmp_path / "shares"
    split = run("keys", "escrow", "--notice", SLUG, "--into", shares)
    assert split.returncode == 0, split.stderr
    first, second, third = sorted(shares.iterdir())
    assert first.stat().st_mode & 0o077 == 0
    assert not list((tmp_path / "state").rglob("private/escrow/*"))
    assert "能合成，与公钥相符" in run("keys", "recover", third, first).stdout
    assert "份数不够" in run("keys", "recover", second).stderr
    joined = run("keys", "recover", first, second, "--out", tmp_path / "escrow.age")
    assert joined.returncode == 0, joined.stderr
    assert (tmp_path / "escrow.age").read_bytes().startswith(b"age-encryption.org/v1")
    one = run("keys", "new", "--notice", SLUG, "--office", "city-office")
    assert one.returncode == 0, one.stderr
    other = run("keys", "new", "--notice", SLUG, "--office", "pingding-office")
    assert (other.returncode, "的相同" in other.stderr) == (1, True)
    run("keys", "destroy", "--notice", SLUG, "--yes")
    shutil.rmtree(tmp_path / "state" / "keys" / "public")
    made = run("keys", "new", "--notice", SLUG, "--one-passphrase")
    assert made.returncode == 0, made.stderr
    assert "共生成3对" in made.stdout
    again = run("keys", "new", "--notice", SLUG, "--one-passphrase")
    assert "共生成0对" in again.stdout
    listed = run("keys", "list").stdout.splitlines()
    assert [line.split()[1] for line in listed] == ["city-office", "escrow", "pingding-office"]
    assert all("本机" in line for line in listed)
    kept = run("keys", "destroy", "--notice", SLUG, typed="another\n")
    assert (kept.returncode, "没有销毁" in kept.stderr) == (1, True)
    gone = run("keys", "destroy", "--notice", SLUG, typed=f"{SLUG}\n")
    assert "已销毁3把密钥，涉及0个密封信封" in gone.stdout
    assert run("keys", "list").stdout == ""


def test_a_window_that_does_not_exist_is_named(run: Run) -> None:
    done = run("keys", "new", "--notice", "nothing")
    assert done.returncode == 1
    assert "没有代号是“nothing”、设公示期的公告" in done.stderr
    assert "Traceback" not in done.stderr


def test_collect_moves_once_and_reports_trouble(
    run: Run, site_from: Callable[..., SiteTree], tmp_path: Path
) -> None:
    side = public_side(site_from(), tmp_path / "state")
    Citizen(side).object()
    (side.box.inbox / f"{'0' * 32}.sealed").write_bytes(b"rubbish\n")
    first = run("collect")
    assert first.returncode == 1
    assert "收取1，送回0，结清1" in first.stdout
    assert "版本或者算法不受支持" in first.stderr
    (side.box.inbox / f"{'0' * 32}.sealed").unlink()
    assert "收取0" in run("collect").stdout
    assert run("collect", "--side", "desk").returncode == 2


def test_collect_with_a_carrier(
    run: Run, site_from: Callable[..., SiteTree], tmp_path: Path
) -> None:
    side = public_side(site_from(), tmp_path / "state")
    Citizen(side).object()
    for where in ("public", "desk", "public"):
        assert run("collect", "--carrier", tmp_path / "stick", "--side", where).returncode == 0
    assert len(list(side.desk.envelopes.glob("*.sealed"))) == 1
    assert list(side.box.inbox.iterdir()) == []


def test_verify_checks_a_receipt_with_the_public_key(
    run: Run, site_from: Callable[..., SiteTree], tmp_path: Path
) -> None:
    citizen = Citizen(public_side(site_from(), tmp_path / "state"))
    citizen.object()
    receipt = tmp_path / "回执.txt"
    text = str(citizen.hidden()["receipt"])
    receipt.write_text("\ufeff" + text, encoding="utf-8", newline="\r\n")
    good = run("verify", receipt)
    assert good.returncode == 0, good.stdout + good.stderr
    assert f"公告：{SLUG}" in good.stdout
    receipt.write_text(text.replace("2021-12-07", "2021-12-06"), encoding="utf-8")
    changed = run("verify", receipt)
    assert changed.returncode == 1
    assert "签名不成立" in changed.stdout
    receipt.write_text(text, encoding="utf-8")
    other = run("verify", receipt, "--receipt-key", tmp_path / "state/keys/public/receipt.pub")
    assert other.returncode == 0
