"""Cost of an objection that the page sealed: `python -m tests.bench.sealed [--profile]`.

Through the public app without a socket, one after another on one connection: processor time of the
process (user and system), from the request line to the answer, for envelopes of 17 kB. A window of
the small test site, quotas on, drop box in a temporary folder. Each of the envelopes was sealed
before the clock starts.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import json
import os
import pstats
import statistics
import tempfile
import time
from pathlib import Path

from portal.casework.identities import new_identity  # noqa: F401 - loads what the app does
from portal.intake.intake_options import IntakeLimits
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

        def start(status: str, headers: object, trouble: object = None) -> None:
            del headers, trouble
            statuses.append(status)

        spent, wall = [], []
        before = os.times()
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
        assert set(statuses) == {"200 OK"}, set(statuses)
        after = os.times()
        told = {
            "user and system ms each": [
                round((after.user - before.user) * 1000 / len(ready), 2),
                round((after.system - before.system) * 1000 / len(ready), 2),
            ],
            "envelopes": len(ready),
            "processor ms each, median": round(statistics.median(spent), 2),
            "mean": round(statistics.mean(spent), 2),
            "wall ms each, median": round(statistics.median(wall), 2),
            "load average": round(os.getloadavg()[0], 1),
        }
        print(json.dumps(told))
        if options.profile:
            pstats.Stats(profile).sort_stats("cumulative").print_stats(110)


if __name__ == "__main__":
    main()
