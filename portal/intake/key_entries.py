"""Every key of every office over time, with fingerprints, as the signed ledger has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portal.domain.key_prints import fingerprint
from portal.domain.routing import ESCROW
from portal.ledger.ledger_lines import FORM_RECORD, SEALING_RECORD
from portal.ledger.sealing_lines import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from portal.content.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Entered:
    """What one line of the ledger says: when it was entered, about which notice, whose keys."""

    recorded: str
    notice: str
    title: str
    keys: tuple[tuple[str, str], ...]


def entered_keys(catalogue: Catalogue) -> tuple[Entered, ...]:
    """Each line that names keys, the newest first; a line that was replaced stays in the list."""
    rows = rows_of(catalogue.ledger.of_no_notice, (SEALING_RECORD, FORM_RECORD))
    found = [_entered(catalogue, row) for row in rows]
    found.sort(key=lambda one: one.recorded, reverse=True)
    return tuple(one for one in found if one.keys)


def _entered(catalogue: Catalogue, row: Mapping[str, Any]) -> Entered:
    slug = str(row.get("notice", ""))
    notice = catalogue.by_slug.get(slug)
    title = notice.title if notice else slug or "本网站"
    keys = tuple(_of(catalogue, row))
    return Entered(str(row.get("recorded", "")), slug if notice else "", title, keys)


def _of(catalogue: Catalogue, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if receipt := str(row.get("receipt", "")):
        yield "签署回执的公钥", fingerprint(receipt)
    for slug, keys in dict(row.get("keys", {})).items():
        office = catalogue.site.offices.get(slug)
        name = "托管（备用）" if slug == ESCROW else office.name if office else slug
        if seals := keys.get("seals"):
            yield f"{name}：密封", fingerprint(seals)
        if signs := keys.get("signs"):
            yield f"{name}：签署答复", fingerprint(signs)
