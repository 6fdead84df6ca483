"""Pictures of every kind of page from a real Chromium 78: `python -m tests.old_browser`.

The browser is the one of the npm package chrome-aws-lambda 1.20.4, fetched and unpacked once into
`var/` with npm and node. The pictures lie in var/old-browser, to be looked at.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.browser.conftest import serving
from tests.browser.pages import PAGES
from tests.browser.pictures import FONT_SETTINGS, WIDTHS
from tests.showcase import ROOT, showcase, site_app

FOLDER = ROOT / "var" / "old-browser"
PACKAGE = "chrome-aws-lambda@1.20.4"
UNPACK = """
const { brotliDecompressSync: plain } = require("zlib"), fs = require("fs");
fs.writeFileSync("chromium", plain(fs.readFileSync("package/bin/chromium.br")), { mode: 0o755 });
"""
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--single-process", "--no-zygote")
HEIGHT = 2000  # CSS pixels; what is below is of the same kind
COMPLAINT = "CONSOLE"


def old_chromium() -> Path:
    """The browser, fetched when it is not there."""
    program = FOLDER / "chromium"
    if not program.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=FOLDER, check=True)
        (archive,) = FOLDER.glob("*.tgz")
        shutil.unpack_archive(archive, FOLDER, filter="data")
        subprocess.run(["node", "-e", UNPACK], cwd=FOLDER, check=True)
    return program


def photograph(program: Path, address: str, picture: Path, width: int, home: Path) -> list[str]:
    """Make one picture; what the page's scripts complained of."""
    command = [program, *FLAGS, "--hide-scrollbars", "--enable-logging=stderr", address]
    command += [f"--window-size={width},{HEIGHT}", f"--screenshot={picture}"]
    with tempfile.TemporaryDirectory(dir=home) as profile:
        done = subprocess.run(
            [*map(str, command), f"--user-data-dir={profile}"],
            env={**os.environ, "FONTCONFIG_FILE": str(home / "fonts.conf")},
            capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
    return [line for line in done.stderr.splitlines() if COMPLAINT in line]


def main() -> int:
    program, complaints = old_chromium(), 0
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        (home / "fonts.conf").write_text(FONT_SETTINGS.format(cache=home / "cache"))
        app = site_app(showcase(home / "demo"), development=True)
        with serving(app) as address:
            for page, path in PAGES.items():
                for width in WIDTHS:
                    picture = FOLDER / f"{page}-{width}.png"
                    said = photograph(program, address + path, picture, width, home)
                    print(picture.relative_to(ROOT), *said, sep="\n  ", flush=True)
                    complaints += len(said)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
