"""Bringing the documents' fonts into the installed environment, each with a checked SHA-256.

Noto comes with the locked package pylopdf-fonts-zh-cn. Fandol is taken from a folder, or from
Debian's package texlive-lang-chinese, unpacked and not installed; that needs no root.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from portal.content.fonts import ADDED, FANDOL, FONTS, NOTO
from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

_PACKAGE = "texlive-lang-chinese"
_LICENCE = "COPYING"


def _digest(path: Path) -> str:
    """SHA-256 of a file in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _holds(folder: Path, wanted: Mapping[str, str]) -> bool:
    return all((folder / n).is_file() and _digest(folder / n) == d for n, d in wanted.items())


def have_fonts() -> bool:
    """Whether every font is there, byte for byte."""
    return _holds(FONTS, FANDOL) and _holds(FONTS, NOTO)


def fetch_fonts(given: Path | None = None) -> None:
    """Put the fonts in place; RequestError says where the Fandol files can be had by hand."""
    FONTS.mkdir(parents=True, exist_ok=True)
    if not _holds(FONTS, NOTO):
        _noto()
    if _holds(FONTS, FANDOL):
        return
    if given is not None:
        _take(given, FANDOL, f"{given} 里的")
        return
    with tempfile.TemporaryDirectory() as scratch:
        _take(_unpacked(Path(scratch)), FANDOL, f"{_PACKAGE} 里的")


def _take(folder: Path, wanted: Mapping[str, str], whose: str) -> None:
    """Copy files that are what they should be; none of them otherwise."""
    for name, sha256 in wanted.items():
        if not (folder / name).is_file():
            raise RequestError(f"{whose}字体缺少 {name}。{_ADVICE}")
        if _digest(folder / name) != sha256:
            raise RequestError(f"{whose} {name} 不是规定的那一版（SHA-256 不符）。{_ADVICE}")
    for name in wanted:
        fresh = FONTS / f"{name}.{os.getpid()}"
        shutil.copyfile(folder / name, fresh)
        fresh.replace(FONTS / name)
    for licence in folder.glob("*.txt"):
        shutil.copyfile(licence, FONTS / licence.name)


def _noto() -> None:
    import pylopdf_fonts_zh_cn

    folder = pylopdf_fonts_zh_cn.sans_path().parent
    _take(folder, NOTO, "pylopdf-fonts-zh-cn ")
    for licence in folder.parent.glob(f"{folder.name}-*.dist-info/licenses/LICENSE"):
        shutil.copyfile(licence, FONTS / "Noto-OFL.txt")


def _unpacked(scratch: Path) -> Path:
    """The Fandol files out of Debian's package, with lists and cache of their own."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise RequestError(f"缺少排版用的 Fandol 字体。{_ADVICE}")
    (scratch / "state/lists/partial").mkdir(parents=True)
    (scratch / "cache/archives/partial").mkdir(parents=True)
    options = {
        "Dir::State": scratch / "state",
        "Dir::State::status": "/var/lib/dpkg/status",
        "Dir::Cache": scratch / "cache",
        "APT::Sandbox::User": "",
    }
    apt = ["apt-get", "-qq", *(word for n, v in options.items() for word in ("-o", f"{n}={v}"))]
    try:
        _run([*apt, "update"], scratch)
        _run([*apt, "download", _PACKAGE], scratch)
        (package,) = scratch.glob(f"{_PACKAGE}_*.deb")
        with (scratch / "fonts.tar").open("wb") as target:
            _run(["dpkg-deb", "--fsys-tarfile", str(package)], scratch, target.fileno())
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        raise RequestError(f"取不到软件包 {_PACKAGE}。{_ADVICE}") from error
    return _extracted(scratch)


def _run(command: list[str], folder: Path, out: int = subprocess.DEVNULL) -> None:
    subprocess.run(  # noqa: S603 - fixed words
        command, cwd=folder, check=True, stdout=out, stderr=subprocess.DEVNULL
    )


def _extracted(scratch: Path) -> Path:
    found = scratch / "fandol"
    found.mkdir()
    with tarfile.open(scratch / "fonts.tar") as archive:
        for member in archive:
            parent, name = Path(member.name).parent.name, Path(member.name).name
            source = archive.extractfile(member) if parent == "fandol" else None
            if source is None:
                continue
            if name in FANDOL:
                (found / name).write_bytes(source.read())
            elif name == f"{_LICENCE}.gz":
                (found / "Fandol-GPL.txt").write_bytes(gzip.decompress(source.read()))
    return found


def take_added(folder: Path) -> int:
    """Take an office's own fonts for rare names; those taken before go. Returns how many."""
    target = FONTS / ADDED
    shutil.rmtree(target, ignore_errors=True)
    found = [p for p in sorted(folder.glob("*")) if p.suffix.lower() in {".otf", ".ttf", ".ttc"}]
    for path in found:
        target.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target / path.name)
    return len(found)


_ADVICE = (
    f"请把 {'、'.join(FANDOL)} 放进一个文件夹，运行 portal setup --fonts 那个文件夹；"
    "Debian 和 Ubuntu 的软件包 texlive-lang-chinese、CTAN 的 fonts/fandol 里有"
)
