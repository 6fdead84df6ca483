"""manifest.json of a built site: the SHA-256 of every file, with a detached minisign signature.

`portal build` output is checked by `minisign -Vm manifest.json -p minisign.pub` and `sha256sum`, or
by `portal verify`.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from portal.ledger.signing import SigningKey

MANIFEST = "manifest.json"
SIGNATURE = "manifest.json.minisig"
PUBLIC_KEY = "minisign.pub"
PROOF_FILES = frozenset({MANIFEST, SIGNATURE, PUBLIC_KEY})


def site_files(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a built site by its path; hidden files and the proof left out."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        hidden = any(part.startswith(".") for part in name.split("/"))
        if path.is_file() and not hidden and name not in PROOF_FILES:
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def sign_site(folder: Path, key: SigningKey, at: datetime) -> int:
    """Write manifest, signature and public key into a built site; returns how many files.

    The folder keeps its time: a signature is no change of the site, and the next build, which looks
    for changes made by others, must not take it for one.
    """
    # A build asks this module for names only and should not load the cryptography for it.
    from portal.ledger.signing import minisign_public, minisign_signature

    times = folder.stat()
    files = site_files(folder)
    manifest = json.dumps({"files": files}, ensure_ascii=False, indent=0, sort_keys=True) + "\n"
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
