"""What nginx adds to static files is what the apps add to their pages."""

import re
from pathlib import Path

from portal.site.paths import machine_paths
from portal.web.security import HEADERS

NGINX = (Path(__file__).parents[2] / "deploy/nginx.conf").read_text(encoding="utf-8")
# Said by nginx alone: HTTPS is its business, and the apps set the others page by page.
OF_NGINX = {"Strict-Transport-Security", "Cache-Control"}


def test_static_and_dynamic_pages_carry_the_same_headers() -> None:
    server = NGINX[NGINX.index("server {") : NGINX.index("location / {")]
    added = dict(
        re.findall(r"^    add_header (\S+) \"?(.+?)\"?(?: always)?;$", server, re.MULTILINE)
    )
    assert {k: v for k, v in added.items() if k not in OF_NGINX} == HEADERS


def test_every_error_of_nginx_itself_has_a_page_of_the_build() -> None:
    pages = set(re.findall(r"error_page [^/]+ (/\S+);", NGINX))
    assert pages
    assert pages <= set(machine_paths())
