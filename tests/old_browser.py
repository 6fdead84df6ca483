"""Pictures of every kind of page from a real Chromium 78: `python -m tests.old_browser [FIREFOX]`.

Site, form and desk. The browser is the one of the npm package chrome-aws-lambda 1.20.4, fetched and
unpacked once into `var/` with npm and node; with the path of a Firefox as argument, it is that one.
The pictures lie in var/old-browser, to be looked at.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from portal.casework.register import Register
from portal.desk.entry.late_forms import cookie_name
from tests.browser.conftest import serving
from tests.browser.pages import PAGES
from tests.browser.pictures import FONT_SETTINGS, WIDTHS
from tests.casedesk import PINGDING as OFFICER
from tests.desk.conftest import make_office
from tests.publicside import SLUG, public_side
from tests.showcase import ROOT, showcase, site_app
from tests.sites import MINIMAL, SiteTree

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
    """Make one picture; what the page's scripts complained of (Firefox does not say)."""
    firefox = program.name.startswith("firefox")
    command = [program, f"--screenshot={picture}", f"--window-size={width},{HEIGHT}"]
    with tempfile.TemporaryDirectory(dir=home) as profile:
        if firefox:
            command += ["--headless", "--no-remote", "--profile", profile, address]
        else:
            command += [*FLAGS, "--hide-scrollbars", "--enable-logging=stderr"]
            command += [f"--user-data-dir={profile}", address]
        done = subprocess.run(
            [*map(str, command)],
            env={
                **os.environ,
                "FONTCONFIG_FILE": str(home / "fonts.conf"),
                "HOME": profile,
                # Firefox's own cage keeps it from the fonts of the tests.
                "MOZ_DISABLE_CONTENT_SANDBOX": "1",
            },
            capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
    return [line for line in done.stderr.splitlines() if COMPLAINT in line and not firefox]


class _SignedIn:
    """An app as somebody sees it who has signed in: the old browser is told of no cookie."""

    def __init__(self, app: Flask, cookie: str) -> None:
        self.app, self.cookie = app, cookie

    def __call__(self, environ: dict[str, object], start: Callable[..., object]) -> Iterable[bytes]:
        return self.app({**environ, "HTTP_COOKIE": self.cookie}, start)


@contextmanager
def addresses(home: Path) -> Iterator[dict[str, str]]:
    """Every page by name: those of the site, of the form and of the desk, served by three apps."""
    site = site_app(showcase(home / "demo"), development=True)
    (home / "tree" / "notices").mkdir(parents=True)
    side = public_side(SiteTree(home / "tree").write(MINIMAL), home / "state")
    register = Register(f"sqlite:///{home / 'register.sqlite3'}")
    register.migrate()
    register.close()
    (home / "office").mkdir()
    office = make_office(home / "office", f"sqlite:///{home / 'register.sqlite3'}")
    citizen = office.cases.arrive(files=[("表.docx", b"PK\x03\x04 broken")])
    client = office.opened(OFFICER, citizen)
    name = cookie_name(office.desk)
    inside = _SignedIn(office.app, f"{name}={client.get_cookie(name).value}")
    with serving(site) as one, serving(side.app()) as two, serving(inside) as three:  # type: ignore[arg-type]
        yield {
            **{page: one + path for page, path in PAGES.items()},
            "form": f"{two}/objections/{SLUG}/new",
            "status": f"{two}/objections/status",
            "desk": f"{three}/",
            "desk-inbox": f"{three}/inbox/",
            "desk-case": f"{three}/cases/{citizen.number}/",
            "desk-figures": f"{three}/figures",
        }
    office.desk.close()


def main() -> int:
    program = Path(sys.argv[1]) if len(sys.argv) > 1 else old_chromium()
    FOLDER.mkdir(parents=True, exist_ok=True)
    complaints = 0
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        (home / "fonts.conf").write_text(FONT_SETTINGS.format(cache=home / "cache"))
        with addresses(home) as found:
            for page, address in found.items():
                for width in WIDTHS:
                    picture = FOLDER / f"{page}-{width}.png"
                    said = photograph(program, address, picture, width, home)
                    print(picture.relative_to(ROOT), *said, sep="\n  ", flush=True)
                    complaints += len(said)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
