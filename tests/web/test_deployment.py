"""What nginx adds to static files is what the apps add to their pages."""

import re
from pathlib import Path

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


def test_every_error_of_nginx_itself_has_a_page() -> None:
    pages = re.findall(r"error_page [^/]+ (/errors/\S+);", NGINX)
    assert pages
    for page in pages:
        text = (Path(__file__).parents[2] / "deploy" / page[1:]).read_text(encoding="utf-8")
        assert "<title>" in text
        assert re.search(r"[一-鿿]", text)
