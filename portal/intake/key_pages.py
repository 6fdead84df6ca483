"""The public page of all keys and their fingerprints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.intake.intake_contexts import KeysContext
from portal.intake.key_entries import entered_keys
from portal.web.page import Crumb, PageHead

if TYPE_CHECKING:
    from flask import Blueprint, Response

    from portal.intake.service import Intake

_TITLE = "密钥和指纹"


def add_key_routes(blueprint: Blueprint, intake: Intake) -> None:
    """`/keys`."""

    @blueprint.get("/keys")
    def keys() -> Response:
        catalogue = intake.catalogue()
        crumbs = (Crumb("首页", "/"), Crumb("公告公示", "/notices/"), Crumb(_TITLE))
        path = f"{intake.options.prefix}/keys"
        head = PageHead(title=_TITLE, path=path, section="notices", crumbs=crumbs)
        return intake.page(KeysContext(page=head, entered=entered_keys(catalogue)))
