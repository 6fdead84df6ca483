"""Cost of an objection that the page sealed: `python -m tests.bench.sealed [--profile]`.

Through the public app without a socket, one after another on one connection: processor time of the
process (user and system), from the request line to the answer, for envelopes of 17 kB. A window of
the small test site, quotas on, drop box in a temporary folder. Each of the envelopes was sealed
before the clock starts. After each request as many bytes are stored bare (write, fsync, rename,
fsync of the folder) beside the drop box, under the same load and as cold. Garbage of the making of
the pages is collected before, not while the clock runs.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import io
import json
import os
import pstats
import secrets
import statistics
import tempfile
import time
from pathlib import Path

from portal.casework.identities import new_identity  # noqa: F401 - loads what the app does
from portal.intake.intake_options import IntakeLimits
from portal.sealed.dropbox import publish
from tests.pagesealed import Page
from tests.publicside import SLUG, Citizen, public_side
from tests.sites import MINIMAL, SiteTree

_MANY = 10**9


def _environ(page: Page, body: bytes, cookie: str) -> dict[str, object]:
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": f"/objections/{SLUG}/sealed",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost",
        "HTTP_COOKIE": cookie,
        "CONTENT_TYPE": "application/octet-stream",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_X_FORM_TOKEN": page.headers["X-Form-Token"],
        "HTTP_X_PRIVACY": "1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
    }


def _bare(folder: Path, data: bytes) -> float:
    """Processor milliseconds of storing bytes."""
    began = time.process_time()
    publish(folder / "tmp", folder / "in" / secrets.token_hex(16), lambda out: out.write(data))
    return (time.process_time() - began) * 1000


def main() -> None:
    """Print one JSON object; with `--profile` where the time goes too."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=120)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        side = public_side(SiteTree(root / "site").write(MINIMAL), root / "state")
        limits = IntakeLimits(_MANY, _MANY, _MANY, _MANY, free_bytes=0, minimum_seconds=0)
        app = side.app(limits=limits)
        app.config["TESTING"] = False
        citizen = Citizen(side, app)
        pages = [Page(citizen) for _ in range(options.count)]
        cookie = "; ".join(f"{c.key}={c.value}" for c in citizen.client._cookies.values())
        ready = [_environ(p, p.envelope(), cookie) for p in pages]
        statuses: list[str] = []
        for folder in ("tmp", "in"):
            (root / "bare" / folder).mkdir(parents=True)

        def start(status: str, headers: object, trouble: object = None) -> None:
            del headers, trouble
            statuses.append(status)

        spent, wall, bare = [], [], []
        gc.collect()
        profile = cProfile.Profile()
        for environ in ready:
            if options.profile:
                profile.enable()
            began, clock = time.process_time(), time.perf_counter()
            answer = app(environ, start)  # type: ignore[arg-type]
            b"".join(answer)
            if hasattr(answer, "close"):
                answer.close()
            spent.append((time.process_time() - began) * 1000)
            wall.append((time.perf_counter() - clock) * 1000)
            profile.disable()
            bare.append(_bare(root / "bare", environ["wsgi.input"].getvalue()))  # type: ignore[attr-defined]
        assert set(statuses) == {"200 OK"}, set(statuses)
        told = {
            "envelopes": len(ready),
            "processor ms each, median": round(statistics.median(spent), 2),
            "quickest tenth": round(statistics.quantiles(spent, n=10)[0], 2),
            "bare, median": round(statistics.median(bare), 2),
            "bare, quickest tenth": round(statistics.quantiles(bare, n=10)[0], 2),
            "wall ms each, median": round(statistics.median(wall), 2),
            "load average": round(os.getloadavg()[0], 1),
        }
        print(json.dumps(told))
        if options.profile:
            pstats.Stats(profile).sort_stats("cumulative").print_stats(110)


if __name__ == "__main__":
    main()
