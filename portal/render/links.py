"""Addresses and names that every format of a notice prints alike."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from portal.domain.awards import ListTerms
from portal.domain.dates import write_date, write_span

if TYPE_CHECKING:
    from portal.content.catalogue import Catalogue
    from portal.domain.notice import Notice
    from portal.domain.places import Site
    from portal.domain.window import PublicityWindow


def permalink(notice: Notice, catalogue: Catalogue) -> str:
    """The lasting address of a notice's page."""
    return page_address(notice.slug, catalogue)


def page_address(slug: str, catalogue: Catalogue) -> str:
    """The lasting address of the page of a notice that is known by its slug."""
    return f"{catalogue.site.base_url.rstrip('/')}/notices/{slug}/"


def tag_uri(notice: Notice, catalogue: Catalogue, part: str = "") -> str:
    """The notice as a `tag:` URI (RFC 4151): it outlives every revision and change of address."""
    day = notice.published.date().isoformat()
    return f"tag:{authority(catalogue.site)},{day}:notices/{notice.slug}{part}"


def lasting_uri(notice: Notice, catalogue: Catalogue) -> str:
    """The notice as an `https` URI of the authority: a name, which need not lead anywhere."""
    return f"https://{authority(catalogue.site)}/notices/{notice.slug}/"


def authority(site: Site) -> str:
    """Whose identifiers the site's lasting names are: `feed-authority`, else the site's host."""
    return site.feed_authority or urlsplit(site.base_url).hostname or "localhost"


def objections_link(notice: Notice, catalogue: Catalogue) -> str:
    """The address of the part of the page that says how to object."""
    return f"{permalink(notice, catalogue)}#objections"


def issuer_name(notice: Notice, catalogue: Catalogue) -> str:
    """Full name of the issuing office."""
    office = catalogue.site.offices.get(notice.issuer)
    return office.name if office else notice.issuer


def date_line(notice: Notice) -> str:
    """The date under the signature: 成文日期 where it is known, else when it was published."""
    if notice.issued:
        return write_date(notice.issued)
    return f"（{write_date(notice.published)}发布）"


def terms_of(notice: Notice, catalogue: Catalogue) -> ListTerms:
    """What the lists of a notice's edition say; of an unknown one what its own entries do."""
    edition = catalogue.editions.get(notice.edition)
    if edition is not None:
        return edition.terms
    grades = dict.fromkeys(entry.grade for entry in notice.entries if entry.grade)
    return ListTerms(tuple(grades), tuple(dict.fromkeys(e.category for e in notice.entries)))


def window_sentence(notice: Notice, window: PublicityWindow, catalogue: Catalogue) -> str:
    """When the window is and how to object, as one sentence of a newspaper or a document."""
    office = catalogue.site.offices.get(notice.issuer)
    channels = [f"网址：{objections_link(notice, catalogue)}"]
    if office:
        facts = (
            ("电话", office.phone),
            ("电子邮箱", office.email),
            ("地址", office.address),
            ("邮编", office.postcode),
        )
        channels += [f"{label}：{value}" for label, value in facts if value]
    return (
        f"公示时间为{write_span(window.opens, window.closes)}，"
        f"共{window.words}。对公示内容有异议的，请在公示期内提出。"
        f"{'；'.join(channels)}。"
    )
