"""The lock of a bundle: every wheel in it by name, version and SHA-256; never one too few.

python deploy/bundle/bundle_lock.py FOLDER > bundle.lock
"""

import hashlib
import re
import sys
from pathlib import Path


def lock_of(folder: Path) -> list[str]:
    """One line a wheel; SystemExit where they are not those of requirements.lock."""
    lines = {}
    for path in sorted((folder / "wheels").glob("*.whl")):
        name, version = path.name.split("-")[:2]
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        lines[_plain(name)] = f"{_plain(name)}=={version} --hash=sha256:{digest}"
    text = (folder / "requirements.lock").read_text(encoding="utf-8")
    wanted = {
        _plain(name) for name in re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==", text, re.MULTILINE)
    }
    if wanted != set(lines):
        sys.exit(f"wheels and requirements.lock differ in {sorted(wanted ^ set(lines))}")
    return list(lines.values())


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.stdout.write("\n".join(lock_of(Path(sys.argv[1]))) + "\n")
