"""For deploy/try-container.sh: fill in and send one objection, through nginx, as a browser would.

python deploy/container/one_objection.py SITE https://localhost:8443
"""

import ssl
import sys
from datetime import datetime
from http.client import HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

from portal.domain.workdays import SHANGHAI
from tests.bench.objections import Bench, Client
from tests.sites import load_all


def main(site: Path, address: str) -> None:
    """Send it; an answer that is no receipt raises."""
    catalogue = load_all([site / "content", site / "demo/content"], [site / "demo/notices"])
    now = datetime.now(SHANGHAI)  # noqa: TID251 - a program of its own
    notice = next(n for n in catalogue.notices if catalogue.status(n, now).accepts_objections)
    port = urlsplit(address).port or 443
    client = Client(Bench(site, port, notice.slug, notice.entries[0].name))
    trusting = ssl._create_unverified_context()  # noqa: S323, SLF001 - a certificate made for the try
    client.connection = HTTPSConnection("localhost", port, timeout=60, context=trusting)
    code, digest = client.send(client.prepare())
    sys.stdout.write(f"      receipt {code[:4]}…, sha256:{digest[:12]}…\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
