"""Make a release: the wheel (built twice, equal bytes), its parts list, and a signed manifest.

    .venv/bin/python deploy/release.py --key RELEASE.key --out dist

The commit's files alone go in, with the commit's time: anybody can make the same wheel again. The
parts list is a CycloneDX SBOM of the lock file by cyclonedx-bom, which lives in an environment of
its own (docs/deployment.md); without it the release stops. The manifest lists every SHA-256 and is
signed in minisign's format; the key is made on first use under the passphrase of
RELEASE_PASSPHRASE, and RELEASE.pub is published.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path

from portal.ledger.signing import load_key, minisign_public, minisign_signature, new_key

ROOT = Path(__file__).parents[1]
MANIFEST = "SHA256SUMS"


def run(*command: str | Path, **how: object) -> bytes:
    """Run a command; its output."""
    done = subprocess.run(  # noqa: S603 - our own commands
        [str(part) for part in command],
        check=True,
        stdout=subprocess.PIPE,
        **how,  # type: ignore[call-overload]
    )
    return bytes(done.stdout)


def wheel(commit: str, folder: Path) -> Path:
    """Build the wheel of a commit's files in a fresh folder."""
    source = folder / "source"
    with tarfile.open(fileobj=BytesIO(run("git", "archive", commit, cwd=ROOT))) as archive:
        archive.extractall(source, filter="data")
    epoch = run("git", "show", "-s", "--format=%ct", commit, cwd=ROOT).decode().strip()
    code = (
        "import setuptools.build_meta as b, sys; print(b.build_wheel(sys.argv[1]), file=sys.stderr)"
    )
    # In a time zone and a mask of their own, since neither may show.
    how = {
        "cwd": source,
        "env": {**os.environ, "SOURCE_DATE_EPOCH": epoch, "TZ": folder.name, "LC_ALL": "C.UTF-8"},
    }
    run(sys.executable, "-c", code, folder, **how)
    (made,) = folder.glob("*.whl")
    return made


def same_wheel_twice(commit: str, out: Path) -> Path:
    """Build twice, in different places; stop unless the bytes are equal."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        first = wheel(commit, Path(one))
        if first.read_bytes() != wheel(commit, Path(other)).read_bytes():
            sys.exit("the two wheels differ: the release is not reproducible")
        target = out / first.name
        target.write_bytes(first.read_bytes())
    return target


def parts_list(tool: str, out: Path) -> Path:
    """The CycloneDX SBOM of what the lock file in `out` installs."""
    target = out / "sbom.cdx.json"
    options = ("--pyproject", ROOT / "pyproject.toml", "--output-reproducible", "-o", target)
    try:
        run(tool, "requirements", out / "requirements.lock", *options)
    except FileNotFoundError:
        sys.exit(f"no {tool}: python3 -m venv T && T/bin/pip install cyclonedx-bom")
    return target


def manifest(files: list[Path], key: Path, out: Path) -> None:
    """Write SHA256SUMS, its signature, and the public key."""
    passphrase = os.environ.get("RELEASE_PASSPHRASE")
    signing = load_key(key, passphrase) if key.exists() else new_key(key, passphrase)
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    text = "".join(sorted(lines, key=lambda line: line[66:])).encode()
    (out / MANIFEST).write_bytes(text)
    (out / f"{MANIFEST}.minisig").write_text(minisign_signature(signing, text, files[0].name))
    (out / "RELEASE.pub").write_text(minisign_public(signing.public))


def main() -> None:
    """Make the release of a commit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--key", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    parser.add_argument("--commit", default="HEAD")
    parser.add_argument("--sbom-tool", default="cyclonedx-py")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    made = same_wheel_twice(asked.commit, asked.out)
    others = []
    for name in ("requirements.lock", "LICENSE"):
        (asked.out / name).write_bytes(run("git", "show", f"{asked.commit}:{name}", cwd=ROOT))
        others.append(asked.out / name)
    sbom = parts_list(asked.sbom_tool, asked.out)
    manifest([made, sbom, *others], asked.key, asked.out)
    print(asked.out / MANIFEST)  # noqa: T201 - a command


if __name__ == "__main__":
    main()
