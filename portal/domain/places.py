"""The site's own facts: its name, counties and offices, as content/site.toml states them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class County:
    """A district or county; `name` is matched whole, since 新区 is also a common word."""

    slug: str
    name: str
    code: str = ""
    lookalikes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Office:
    """An office that publishes or answers; `county` is None for city offices. Unknown is empty."""

    slug: str
    name: str
    short: str
    county: str | None = None
    phone: str = ""
    email: str = ""
    address: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """What the places and the levels of this award are called."""

    county: str = "县（区）"
    own: str = "市级"
    whole: str = "全市"


@dataclass(frozen=True, slots=True)
class Site:
    """Settings that are content: who publishes, where, and the footer set of government sites."""

    name: str
    description: str
    host: str
    base_url: str
    keywords: tuple[str, ...]
    counties: Mapping[str, County]
    offices: Mapping[str, Office]
    office: str
    identifier: str = ""
    icp: str = ""
    police: str = ""
    footer: Mapping[str, str] = field(default_factory=dict)
    websub_hub: str = ""
    feed_authority: str = ""
    words: Words = Words()

    @property
    def lookup_address(self) -> str:
        """Where the holder of a receipt code looks, as it is printed and drawn as a QR code."""
        return f"{self.base_url.rstrip('/')}/objections/status"

    @property
    def main_office(self) -> Office:
        """The office that runs the site."""
        return self.offices[self.office]

    def county_name(self, slug: str | None) -> str:
        """Chinese name of a county, or the empty string."""
        county = self.counties.get(slug or "")
        return county.name if county else ""
