"""The form of a window as one file, the same bytes for everybody.

It knows what the signed ledger says: the notice, and the keys of its window. What is a visitor's
own, and what the server says of the window at that moment, its script asks for (`begin`): that can
close the page, never choose whom it seals to.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal.domain.key_prints import fingerprint
from portal.domain.objection import EntryRef
from portal.domain.routing import ESCROW, office_for, office_to_reach
from portal.form.form_contexts import FormContext
from portal.form.objection_fields import ObjectionForm, entry_value
from portal.web.page import Crumb, PageHead

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from portal.content.catalogue import Catalogue
    from portal.domain.notice import Entry, Notice
    from portal.domain.places import Site

TEMPLATES = Path(__file__).parent / "templates"
ESCROW_NAME = "托管（备用）密钥"
_TITLE = "提出异议"
_SUITE = 4  # age1 or sm21: how the keys of a suite begin


def entry_ref(entry: Entry, county: str) -> EntryRef:
    """An entry as an objection names it; `county` where the list leaves that column out."""
    return EntryRef(
        entry.name, entry.category, entry.grade or "", entry.county or county, entry.apart
    )


def ticked_entries(notice: Notice, county: str) -> dict[str, dict[str, str]]:
    """What is sealed for each entry that may be ticked, by its value in the form."""
    return {entry_value(e): asdict(entry_ref(e, county)) for e in notice.entries}


def sealing_settings(notice: Notice, site: Site, base: str, **more: Any) -> str:
    """What the page must know to seal, as JSON; addresses begin with `base`."""
    values = {
        "notice": notice.slug,
        "title": notice.title,
        "revision": notice.revision,
        "demonstration": notice.demonstration,
        "entries": ticked_entries(notice, site.county_name(notice.county)),
        **more,
        "send": f"{base}/{notice.slug}/sealed",
        "pieces": f"{base}/{notice.slug}/pieces",
        "status": f"{base}/status",
    }
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def form_head(title: str, path: str, *, demonstration: bool, error: bool = False) -> PageHead:
    """Head of a page of the form; without a lasting `path` search engines leave it out."""
    crumbs = (Crumb("首页", "/"), Crumb("公告公示", "/notices/"), Crumb(title))
    return PageHead(
        title=title,
        path=path,
        section="notices",
        crumbs=crumbs,
        demonstration=demonstration,
        error=error,
    )


def sealable(keys: Mapping[str, Mapping[str, str]]) -> dict[str, tuple[str, str]]:
    """Office key and escrow key, of one suite, of each office that can be sealed to."""
    escrow = keys.get(ESCROW, {}).get("seals", "")
    return {
        slug: (held["seals"], escrow)
        for slug, held in keys.items()
        if slug != ESCROW and escrow and held.get("seals", "")[:_SUITE] == escrow[:_SUITE]
    }


def has_form(catalogue: Catalogue, notice: Notice | None) -> bool:
    """Whether the form of a notice can be one file: the ledger has the keys of its office."""
    if notice is None or notice.window is None:
        return False
    return office_for(notice, catalogue.site) in sealable(catalogue.ledger.window_keys(notice.slug))


def receivers(notice: Notice, site: Site, known: Collection[str]) -> dict[str, Any]:
    """Which office an objection goes to and which may stand above it, with their names.

    Above the main office stands one that only the server's settings name: any other whose keys the
    ledger has for this window, `known`; the page names it before anything is sent.
    """
    first, above = (office_for(notice, site, concerns_office=own) for own in (False, True))
    others = [above] if above else [slug for slug in known if first == site.office != slug]
    known_here = [site.offices[slug] for slug in (first, *others) if slug and slug in site.offices]
    names = {office.slug: office.name for office in known_here}
    return {"first": first, "above": [slug for slug in others if slug in names], "names": names}


def frozen_form(catalogue: Catalogue, notice: Notice, root: str, prefix: str) -> FormContext:
    """The page of a window that `has_form`."""
    site, base = catalogue.site, f"{root}{prefix}"
    keys = catalogue.ledger.window_keys(notice.slug)
    form = ObjectionForm(formdata=None, meta={"csrf": False})
    form.offer(notice, anonymous=True)
    path = f"{prefix}/{notice.slug}/"
    return FormContext(
        page=form_head(_TITLE, path, demonstration=notice.demonstration),
        office=office_to_reach(notice, site),
        action=f"{base}/{notice.slug}/new",
        notice=notice,
        form=form,
        concerns="",
        prints=tuple(_prints(site, keys)),
        sealing=sealing_settings(
            notice,
            site,
            base,
            keys=sealable(keys),
            **receivers(notice, site, sealable(keys)),
            signers=tuple(_signers(site, keys, catalogue.ledger.receipt_key)),
        ),
        tells=("mail", "sms"),
        begin=f"{base}/{notice.slug}/begin",
    )


def _prints(site: Site, keys: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """Whom an objection can be sealed to, and the fingerprint of each key, the escrow's last."""
    for slug, (seals, _) in sealable(keys).items():
        office = site.offices.get(slug)
        yield office.name if office else slug, fingerprint(seals)
    yield ESCROW_NAME, fingerprint(keys[ESCROW]["seals"])


def _signers(
    site: Site, keys: Mapping[str, Mapping[str, str]], receipt: str
) -> Iterator[tuple[str, str]]:
    """Who signs receipt and answers, and the fingerprint of each key."""
    if receipt:
        yield "本网站（回执）", fingerprint(receipt)
    for slug in sealable(keys):
        office = site.offices.get(slug)
        if signs := keys[slug].get("signs"):
            yield f"{office.name if office else slug}（答复）", fingerprint(signs)
