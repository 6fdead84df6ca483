"""manifest.json of a built site: the SHA-256 of every file, with a detached minisign signature.

`portal build` output is checked by `minisign -Vm manifest.json -p minisign.pub` and `sha256sum`, or
by `portal verify`.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from typing import TYPE_CHECKING, Any

from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from portal.ledger.signing import SigningKey

MANIFEST = "manifest.json"
SIGNATURE = "manifest.json.minisig"
PUBLIC_KEY = "minisign.pub"
PROOF_FILES = frozenset({MANIFEST, SIGNATURE, PUBLIC_KEY})


def site_files(folder: Path, sums: Path | None = None) -> dict[str, str]:
    """SHA-256 of every file of a built site by its path; hidden files and the proof left out.

    In a file at `sums` they are kept with size, times and number of each file, so that only what
    was changed is read again: a published file is never written to, a new text is a new file.
    """
    known = _kept(sums)
    found: dict[str, list[Any]] = {}
    for root, names, files in os.walk(folder):
        names[:] = [name for name in names if not name.startswith(".")]
        prefix = root[len(str(folder)) + 1 :]
        for name in files:
            path = f"{prefix}/{name}" if prefix else name
            if name.startswith(".") or path in PROOF_FILES:
                continue
            stamp = _stamp(f"{root}/{name}")
            if stamp is None:
                continue
            before = known.get(path)
            if isinstance(before, list) and before[:-1] == stamp:
                found[path] = before
            else:
                found[path] = [*stamp, _sum(f"{root}/{name}")]
    if sums is not None and found != known:
        _keep(sums, found)
    return {path: found[path][-1] for path in sorted(found)}


def _stamp(path: str) -> list[int] | None:
    """Size, times and number of a regular file; None for a link or anything else."""
    status = os.stat(path)  # noqa: PTH116 - a hundred thousand files
    if not stat.S_ISREG(status.st_mode):
        return None
    return [status.st_size, status.st_mtime_ns, status.st_ino]


def _sum(path: str) -> str:
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - likewise
        return hashlib.sha256(file.read()).hexdigest()


def _kept(sums: Path | None) -> dict[str, Any]:
    """What was kept of the last time; nothing where that cannot be read."""
    try:
        found = json.loads(sums.read_bytes()) if sums else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _keep(sums: Path, found: Mapping[str, Any]) -> None:
    sums.parent.mkdir(parents=True, exist_ok=True)
    part = sums.with_name(f".{sums.name}.part")
    part.write_text(json.dumps(found), encoding="utf-8")
    part.replace(sums)


def signed_site(folder: Path, sums: Path | None = None) -> bool:
    """Whether a built site has its signed list; RequestError where its files are not those."""
    if not folder.is_dir():
        raise RequestError(f"{folder} 里没有生成好的网站：运行 portal build")
    try:
        listed = json.loads((folder / MANIFEST).read_bytes())["files"]
    except FileNotFoundError:
        return False
    except (ValueError, TypeError, KeyError, RecursionError):
        listed = None
    if listed != site_files(folder, sums):
        raise RequestError(
            f"{folder} 里的文件与签名的清单不一样，没有送出：删去这个文件夹，"
            "运行 portal build 重新生成，再运行 portal publications --deliver"
        )
    return True


def sign_site(folder: Path, key: SigningKey, at: datetime, sums: Path | None = None) -> int:
    """Write manifest, signature and public key into a built site; returns how many files.

    The folder keeps its time: a signature is no change of the site, and the next build, which looks
    for changes made by others, must not take it for one. `sums` is that of `site_files`.
    """
    # A build asks this module for names only and should not load the cryptography for it.
    from portal.ledger.signing import minisign_public, minisign_signature

    times = folder.stat()
    files = site_files(folder, sums)
    # A file a line without `indent`, which would take the slow encoder.
    manifest = json.dumps({"files": files}, ensure_ascii=False, separators=(",\n", ": ")) + "\n"
    comment = f"signed {at.isoformat(timespec='seconds')} files {len(files)}"
    contents = {
        MANIFEST: manifest,
        PUBLIC_KEY: minisign_public(key.public),
        SIGNATURE: minisign_signature(key, manifest.encode(), comment),
    }
    for name, text in contents.items():
        part = folder / f".{name}.part"
        part.write_text(text, encoding="utf-8")
        part.replace(folder / name)
    os.utime(folder, ns=(times.st_atime_ns, times.st_mtime_ns))
    return len(files)
