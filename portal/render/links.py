"""Addresses and names that every format of a notice prints alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from portal.content.catalogue import Catalogue
    from portal.domain.notice import Notice


def permalink(notice: Notice, catalogue: Catalogue) -> str:
    """The lasting address of a notice's page."""
    return f"{catalogue.site.base_url.rstrip('/')}/notices/{notice.slug}/"


def objections_link(notice: Notice, catalogue: Catalogue) -> str:
    """The address of the part of the page that says how to object."""
    return f"{permalink(notice, catalogue)}#objections"


def issuer_name(notice: Notice, catalogue: Catalogue) -> str:
    """Full name of the issuing office."""
    office = catalogue.site.offices.get(notice.issuer)
    return office.name if office else notice.issuer


def chinese_date(on: date | datetime) -> str:
    """Arabic digits without leading zeros, as GB/T 9704-2012 7.3.5.1 asks."""
    return f"{on.year}年{on.month}月{on.day}日"
