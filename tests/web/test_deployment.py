"""What nginx adds to static files is what the apps add to their pages."""

import re
from pathlib import Path

from portal.domain.served import PASSIVE
from portal.site.paths import machine_paths
from portal.web.security import ATTACHMENT_HEADERS, HEADERS

ROOT = Path(__file__).parents[2]
NGINX = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
# Said by nginx alone: HTTPS is its business, and the apps set the others page by page.
OF_NGINX = {"Strict-Transport-Security", "Cache-Control"}


def test_static_and_dynamic_pages_carry_the_same_headers() -> None:
    server = NGINX[NGINX.index("server {") : NGINX.index("location / {")]
    assert added(server, 4) == HEADERS


def added(text: str, indent: int) -> dict[str, str]:
    found = re.findall(
        rf"^ {{{indent}}}add_header (\S+) \"?(.+?)\"?(?: always)?;$", text, re.MULTILINE
    )
    return {k: v for k, v in found if k not in OF_NGINX}


def test_attachments_are_handed_over_by_nginx_as_by_the_app() -> None:
    location = NGINX[NGINX.index("location ~ ^/notices/") :]
    location = location[: location.index("\n    }")]
    assert added(location, 8) == HEADERS | ATTACHMENT_HEADERS
    types = location[location.index("types {") : location.index("default_type")]
    shown = {
        suffix: kind
        for kind, suffixes in re.findall(r"^\s+(\S+/\S+)\s+([a-z ]+);$", types, re.MULTILINE)
        for suffix in suffixes.split()
    }
    assert shown == PASSIVE
    assert "default_type application/octet-stream;" in location


def test_the_frozen_form_is_served_by_nginx_as_by_the_app() -> None:
    location = NGINX[NGINX.index("location ~ ^/objections/") :]
    location = location[: location.index("\n    }")]
    assert added(location, 8) == HEADERS | {"Referrer-Policy": "no-referrer"}
    assert "access_log off;" in location


def test_every_service_has_a_limit_of_memory_and_no_core_dumps_with_secrets() -> None:
    for unit in sorted((ROOT / "deploy/systemd").glob("*.service")):
        text = unit.read_text(encoding="utf-8")
        assert "\nMemoryMax=" in text, unit.name
        assert "\nNoNewPrivileges=true" in text, unit.name


def test_every_error_of_nginx_itself_has_a_page_of_the_build() -> None:
    pages = set(re.findall(r"error_page [^/]+ (/\S+);", NGINX))
    assert pages
    assert pages <= set(machine_paths())
