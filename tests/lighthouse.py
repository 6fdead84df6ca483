"""Lighthouse over the pages that count most: `python -m tests.lighthouse [page …]`.

Home, a notice of a hundred entries, the guide, the form and the winners, each as the phone that
Lighthouse imitates. The program is the npm package below, fetched once into `var/`; npm, node 18 or
newer and Chromium are needed. Reports lie in var/lighthouse; anything below 100 ends it with 1.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import waitress
from flask import Flask

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.publicside import SLUG, public_side
from tests.showcase import ROOT, showcase, site_app
from tests.site.test_weight import LONG_NOTICE
from tests.sites import MINIMAL, SiteTree

FOLDER = ROOT / "var" / "lighthouse"
PACKAGE = "lighthouse@12.8.2"
# What is not the product's: the test's server speaks HTTP/1.1 without TLS on a local address.
LEFT_OUT = ("is-on-https", "redirects-http", "uses-http2")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


def program() -> Path:
    """The program, fetched when it is not there."""
    found = FOLDER / "node_modules" / ".bin" / "lighthouse"
    if not found.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--prefix", FOLDER, "--silent", PACKAGE], check=True)
    return found


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an app as `portal serve` does, over connections that are kept."""
    server = waitress.create_server(app, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()


@contextmanager
def pages(folder: Path) -> Iterator[dict[str, str]]:
    """The addresses of the pages, from two apps: the demonstration, and a window with form."""
    site = site_app(showcase(folder / "demo"))
    (folder / "tree" / "notices").mkdir(parents=True)
    tree = SiteTree(folder / "tree").write(MINIMAL).write(LONG_NOTICE)
    side = public_side(tree, folder / "state")
    with serving(site) as first, serving(side.app()) as second:
        yield {
            "home": f"{first}/",
            "notice": f"{second}/notices/hundred/",
            "guide": f"{first}/guide/",
            "form": f"{second}/objections/{SLUG}/new",
            "winners": f"{first}/winners/",
        }


def scores(name: str, address: str) -> dict[str, int]:
    """The four scores of a page in hundredths; what cost points is printed."""
    report = FOLDER / f"{name}.json"
    command = [program(), address, "--quiet", "--output=json", f"--output-path={report}"]
    command += [f"--chrome-flags=--headless {' '.join(FLAGS)}"]
    command += [f"--skip-audits={','.join(LEFT_OUT)}", f"--only-categories={','.join(CATEGORIES)}"]
    for last in (False, True):
        # On a busy machine the browser now and then misses the start of the page.
        done = subprocess.run(command, env={**os.environ, "CHROME_PATH": CHROMIUM}, check=last)
        if done.returncode == 0:
            break
    found = json.loads(report.read_text(encoding="utf-8"))
    for category in found["categories"].values():
        for reference in category["auditRefs"]:
            audit = found["audits"][reference["id"]]
            if reference["weight"] and audit["score"] not in (None, 1):
                print(f"  {audit['id']}: {audit['title']} {audit.get('displayValue', '')}")
    return {name: round(100 * one["score"]) for name, one in found["categories"].items()}


def main() -> int:
    program()
    whole = True
    with tempfile.TemporaryDirectory() as name, pages(Path(name)) as addresses:
        wanted = sys.argv[1:] or list(addresses)
        for page in wanted:
            found = scores(page, addresses[page])
            print(page, *(f"{category} {score}" for category, score in found.items()), flush=True)
            whole = whole and set(found.values()) == {100}
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
