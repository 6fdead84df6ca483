"""The wheel alone is the program: its texts, styles and scripts go with it."""

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.architecture.conftest import ROOT


def shipped():
    """Every file that belongs to the program or its texts."""
    names = subprocess.run(
        ["git", "ls-files", "portal", "content", "notices"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    return {name for name in names if (ROOT / name).is_file()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of the files as they stand, built from a copy."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for name in (*shipped(), "pyproject.toml", "README.md", "LICENSE"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes((ROOT / name).read_bytes())
    code = "import setuptools.build_meta as b, sys; b.build_wheel(sys.argv[1])"
    subprocess.run(
        [sys.executable, "-c", code, str(folder)], cwd=source, check=True, capture_output=True
    )
    (made,) = folder.glob("*.whl")
    return made


def test_every_file_of_the_program_and_its_texts_is_in_the_wheel(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    inside = {name.partition(".data/data/share/portal/")[2] or name for name in names}
    assert shipped() - inside == set()
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    assert all(
        (ROOT / pattern).parent.is_dir()
        for part in listed["data-files"].values()
        for pattern in part
    )


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A fresh environment with the wheel in it, its dependencies taken from this one."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")], check=True
    )
    (site,) = (folder / "venv/lib").glob("python3*/site-packages")
    here = [path for path in sys.path if path.endswith("site-packages")]
    # Paths that a .pth file adds are not searched for further ones: the repository stays out.
    (site / "dependencies.pth").write_text("\n".join(here))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (data,) = site.glob("*.data/data/share")
    (folder / "venv/share").mkdir()
    (data / "portal").rename(folder / "venv/share/portal")
    record = next(site.glob("*.dist-info/RECORD"))
    prefix = os.path.relpath(folder / "venv", site)
    record.write_text(record.read_text().replace(f"{data.parents[1].name}/data/", f"{prefix}/"))
    fonts = Path(sys.prefix) / "share/portal-fonts"
    (folder / "venv/share/portal-fonts").symlink_to(fonts)
    return folder / "venv/bin/python"


def run(python, where, *words):
    clean = {n: v for n, v in os.environ.items() if not n.startswith(("PORTAL_", "PYTHON"))}
    done = subprocess.run(
        [str(python), "-m", "portal", *words],
        cwd=where,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_an_installed_program_needs_no_repository(installed, tmp_path):
    status, said = run(installed, tmp_path, "lint")
    assert status == 1
    assert "portal setup --texts" in said
    status, said = run(installed, tmp_path, "setup", "--texts", ".")
    assert status == 0, said
    assert "排版字体齐全" in said
    status, said = run(installed, tmp_path, "setup", "--texts", ".")
    assert status == 1
    assert "不会覆盖" in said
    status, said = run(installed, tmp_path, "lint")
    assert status == 0, said
    status, said = run(installed, tmp_path, "build", "--jobs", "1")
    assert status == 0, said
    assert (tmp_path / "build/index.html").exists()
    assert list((tmp_path / "build").rglob("*.pdf"))


def test_the_demonstration_is_written_where_there_is_nothing(installed, tmp_path):
    status, said = run(installed, tmp_path, "demo", "--dir", "demonstration")
    assert status == 0, said
    assert "随程序发布的内容" in said
    assert (tmp_path / "demonstration/notices/ledger.jsonl").exists()
