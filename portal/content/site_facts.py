"""Site: reads content/site.toml, the site's own facts."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from portal.content.files.fault_collector import Faults
from portal.content.files.toml_tables import read_toml
from portal.domain.places import County, Office, Site, Words

if TYPE_CHECKING:
    from pathlib import Path

    from portal.content.files.fields import Fields
    from portal.errors import Issue

NAME = "site.toml"


def read_site(folder: Path, base_url: str | None = None) -> tuple[Site | None, tuple[Issue, ...]]:
    """The site of a content folder, or None when its faults leave nothing to work with.

    `base_url` replaces the file's own, for a trial or a mirror.
    """
    faults = Faults(f"{folder}/{NAME}")
    fields = read_toml(folder / NAME, faults)
    if fields is None:
        return None, tuple(faults.issues)
    counties = {slug: _county(slug, table) for slug, table in fields.mapping("counties")}
    offices = {slug: _office(slug, table, counties) for slug, table in fields.mapping("offices")}
    own_url = fields.text("base-url", required=True)
    site = Site(
        name=fields.name("name"),
        description=fields.text("description", required=True),
        host=fields.name("host"),
        base_url=(base_url or own_url).rstrip("/"),
        keywords=fields.texts("keywords", required=True),
        counties=counties,
        offices=offices,
        office=fields.text("office", required=True),
        identifier=fields.text("identifier"),
        icp=fields.text("icp"),
        police=fields.text("police"),
        footer=fields.pairs("footer"),
        websub_hub=fields.text("websub-hub"),
        # Feed ids must never change: not with the address of a trial, a mirror or a new host.
        words=_words(fields.table("words")),
        feed_authority=fields.text("feed-authority") or urlsplit(own_url).hostname or "",
    )
    fields.done()
    _check(site, fields, own_url)
    return (None if faults.fatal else site), tuple(faults.issues)


def _words(table: Fields) -> Words:
    usual = Words()
    words = Words(
        table.text("county") or usual.county,
        table.text("own") or usual.own,
        table.text("whole") or usual.whole,
    )
    table.done()
    return words


def _county(slug: str, table: Fields) -> County:
    table.faults.address_of(slug, "县区的代号", table.at(""))
    county = County(slug, table.name("name"), table.text("code"), table.texts("lookalikes"))
    table.done()
    return county


def _office(slug: str, table: Fields, counties: dict[str, County]) -> Office:
    table.faults.address_of(slug, "单位的代号", table.at(""))
    county = table.text("county")
    if county and county not in counties:
        table.wrong("county", f"是没有列出的县区“{county}”", "在 [counties] 中列出，或更正")
    office = Office(
        slug,
        table.name("name"),
        table.name("short"),
        county or None,
        table.text("phone"),
        table.text("email"),
        table.text("address"),
        table.text("postcode"),
    )
    table.done()
    return office


def _check(site: Site, fields: Fields, own_url: str) -> None:
    """Note what each value alone cannot tell."""
    for key, names in (
        ("counties", [county.name for county in site.counties.values()]),
        ("offices", [office.name for office in site.offices.values()]),
    ):
        twice = next((name for n, name in enumerate(names) if name and name in names[:n]), None)
        if twice is not None:
            fields.wrong(key, f"有两个“{twice}”", "每个只写一次")
    if site.office and site.office not in site.offices:
        fields.wrong("office", f"是没有列出的单位“{site.office}”", "在 [offices] 中列出，或更正")
    hub = urlsplit(site.websub_hub)
    if site.websub_hub and (hub.scheme not in ("http", "https") or not hub.netloc):
        fields.wrong("websub-hub", "应为完整网址", "写成 https://…… 的形式，不用就留空")
    parts = urlsplit(own_url)
    if own_url and (parts.scheme not in ("http", "https") or not parts.netloc):
        fields.wrong("base-url", "应为完整网址", "写成 https://…… 的形式")
