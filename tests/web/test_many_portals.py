"""Several portals on one machine: template units as the single ones, and one nginx for all."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = ("public", "build", "carry", "collect", "desk")
OF_ONE = (
    (r"^(Description=.+)$", r"\1 of %i"),
    (r"portal-carry\.service", "portal-carry@%i.service"),
    (r"portal-(public|desk|build|carrier)\b", r"portal-%i-\1"),
    (r"^(Group|RuntimeDirectory)=portal$", r"\1=portal-%i"),
    (r"/etc/portal/", "/etc/portal/%i-"),
    (r"/run/portal/", "/run/portal-%i/"),
    (r"(?<=[= ])/srv/portal(/notices|/content)?(?= |$)", r"/srv/portal-%i\1"),
    (r"127\.0\.0\.1:8001", "127.0.0.1:${DESK_PORT}"),
)


@pytest.mark.parametrize("unit", UNITS)
def test_a_template_unit_is_the_single_one_with_places_of_its_own(unit):
    text = (DEPLOY / f"systemd/portal-{unit}.service").read_text(encoding="utf-8")
    for single, named in OF_ONE:
        text = re.sub(single, named, text, flags=re.MULTILINE)
    assert (DEPLOY / f"systemd/portal-{unit}@.service").read_text(encoding="utf-8") == text


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    """Looked at before it is done: everything of two portals and a desk below one folder."""
    root = tmp_path_factory.mktemp("machine")
    portal = root / "portal"
    portal.write_text(f'#!/bin/sh\nexec {sys.executable} -m portal "$@"\n')
    portal.chmod(0o755)
    for words in ("pingding pd.example", "yuxian yx.example", "yuxian yx.example --side desk"):
        done = add(root, *words.split())
        assert done.returncode == 0, done.stderr
    return root


def add(root, *words):
    return subprocess.run(
        ["sh", DEPLOY / "add-portal.sh", *words, "--root", root],
        env=os.environ | {"PORTAL": str(root / "portal"), "PYTHONPATH": str(DEPLOY.parent)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_is_there_is_not_replaced_and_odd_names_are_refused(machine):
    before = {path: path.read_bytes() for path in machine.rglob("*") if path.is_file()}
    for words, said in (
        (("yuxian", "other.example"), "已经存在"),
        (("yuxian", "yx.example", "--side", "desk"), "已经存在"),
        (("third", "yx.example"), "nginx 已经有"),
        (("Third", "third.example"), "名称"),
        (("a/../b", "third.example"), "名称"),
        (("public", "third.example"), "各服务自己用的"),
        (("third", "third example; }"), "不是域名"),
        (("third", "third.example", "--side", "both"), "--side"),
        (("third", "third.example", "--side", ""), "--side 后面缺少内容"),
    ):
        done = add(machine, *words)
        assert done.returncode == 1, words
        assert said in done.stderr
    assert {path: path.read_bytes() for path in machine.rglob("*") if path.is_file()} == before


def test_each_portal_has_places_of_its_own(machine):
    settings = {p.name: p.read_text() for p in (machine / "etc/portal").iterdir()}
    assert set(settings) == {
        *("pingding-public.env", "pingding-build.env"),
        *("yuxian-public.env", "yuxian-build.env", "yuxian-desk.env"),
    }
    for name, text in settings.items():
        portal = name.partition("-")[0]
        assert f"PORTAL_NOTICES=/srv/portal-{portal}/notices\n" in text
        assert (machine / f"etc/portal/{name}").stat().st_mode & 0o077 == 0
    assert "DESK_PORT=8001" in settings["yuxian-desk.env"]
    assert (machine / "srv/portal-pingding/content/site.toml").is_file()


def test_a_desk_is_given_what_its_unit_lets_it_write():
    unit = (DEPLOY / "systemd/portal-desk@.service").read_text(encoding="utf-8")
    given = re.search(r"chown -R .*", (DEPLOY / "add-portal.sh").read_text(encoding="utf-8"))
    for place in re.search(r"ReadWritePaths=(.+)", unit)[1].split():
        assert f'"{place.replace("/srv/portal-%i", "$srv")}"' in given[0]


def test_the_carried_folder_changes_hands_and_the_halves_do_not_meet():
    for end in ("", "@"):
        carry = (DEPLOY / f"systemd/portal-carry{end}.service").read_text(encoding="utf-8")
        desk = (DEPLOY / f"systemd/portal-collect{end}.service").read_text(encoding="utf-8")
        folder = re.search(r"--carrier /var/lib/(\S+)", carry)[1]
        # Named there, systemd gives it to the unit's user at each start with all that is in it.
        for unit in (carry, desk):
            assert folder in re.search(r"^StateDirectory=(.+)", unit, re.MULTILINE)[1].split()
        first = re.search(r"After=(.+)", desk)[1]
        assert f"WantedBy={first}" in desk


def test_one_real_nginx_takes_all_of_them(machine, tmp_path):
    for name in ("pd", "yx"):
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"),
                *("ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", f"/CN={name}"),
                *("-keyout", tmp_path / f"{name}.key", "-out", tmp_path / f"{name}.pem"),
            ],
            check=True,
            capture_output=True,
        )
    parts = [
        path.read_text(encoding="utf-8")
        for folder in ("conf.d", "sites-enabled")
        for path in sorted((machine / "etc/nginx" / folder).iterdir())
    ]
    text = re.sub(r"/etc/ssl/(private/)?(pd|yx)\.example", rf"{tmp_path}/\2", "".join(parts))
    text = text.replace("/run/portal-bodies", f"{tmp_path}/bodies")
    text = text.replace("/var/log/nginx", str(tmp_path))
    text = re.sub(r" *listen \[::\].*\n", "", text)
    text = re.sub(r"listen .*443", "listen 127.0.0.1:8443", text)
    text = re.sub(r"listen .*80;", "listen 127.0.0.1:8480;", text)
    outer = tmp_path / "nginx.conf"
    outer.write_text(f"pid {tmp_path}/pid;\nevents {{ }}\nhttp {{\n{text}\n}}\n")
    done = subprocess.run(
        [shutil.which("nginx") or "/usr/sbin/nginx", "-t", "-c", outer, "-e", tmp_path / "errors"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "conflicting" not in done.stderr
    for name, place in (("pingding", "pd"), ("yuxian", "yx")):
        site = next(part for part in parts if f"upstream portal_{name}" in part)
        assert f"server_name {place}.example;" in site
        assert f"root /srv/portal-{name}/build;" in site
        assert f"unix:/run/portal-{name}/public.sock" in site


def test_a_desk_beside_its_public_side_is_told_of_the_unit_between(machine):
    beside = add(machine, "yangqu", "yq.example")
    assert "portal-collect" not in beside.stdout
    assert "portal-collect@yangqu" in add(machine, "yangqu", "yq.example", "--side", "desk").stdout


def test_the_manual_removes_all_of_a_portal_and_nothing_else(machine):
    text = (DEPLOY.parent / "docs/deployment.md").read_text(encoding="utf-8")
    commands = [
        line for line in text.splitlines() if "portal-pingding" in line and line[:3] == "rm "
    ]
    before = {path for path in machine.rglob("*") if "pingding" not in str(path)}
    assert len(commands) == 2
    for role in ("public", "desk"):
        (machine / f"var/lib/portal-pingding-{role}").mkdir(parents=True)
    for command in commands:
        line = re.sub(r" (?=/)", f" {machine}", command.partition(" && ")[0])
        subprocess.run(["sh", "-c", line], check=True)
    assert not [path for path in machine.rglob("*") if "pingding" in path.name]
    assert before <= set(machine.rglob("*"))
