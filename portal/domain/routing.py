"""Which office an objection goes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from portal.domain.notice import Notice
    from portal.domain.places import Office, Site

ESCROW = "escrow"
"""Stands in the place of an office where keys are named."""


def office_for(
    notice: Notice, site: Site, *, concerns_office: bool = False, supervisor: str | None = None
) -> str | None:
    """Slug of the office that receives objections to a notice; None where other channels serve.

    A county notice goes to the county's office, a city notice to its issuer. One that concerns that
    office or its staff goes one level up, never to that office itself.
    """
    office = notice.issuer
    if notice.county:
        of_county = [o.slug for o in site.offices.values() if o.county == notice.county]
        office = notice.issuer if notice.issuer in of_county else (of_county or [notice.issuer])[0]
    if not concerns_office:
        return office
    above = supervisor if office == site.office else site.office
    return above if above != office else None


def takes_anonymous(notice: Notice, site: Site, offices: Collection[str]) -> bool:
    """Whether anonymous tips to a notice are taken; `offices` do, "*" stands for all of them."""
    return "*" in offices or office_for(notice, site) in offices


def office_to_reach(notice: Notice | None, site: Site) -> Office:
    """Whom to reach otherwise: the notice's office if it can be reached, else the main one."""
    office = site.offices.get(office_for(notice, site) or "") if notice else None
    reachable = office and (office.phone or office.address or office.email)
    return office if office and reachable else site.main_office
