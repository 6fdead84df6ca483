"""Leaving: who is no longer in a round, from the lines a person types: 名称，原因."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal.domain.names import name_key
from portal.editorial.stage_lists import stage_lists
from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from portal.content.catalogue import Catalogue
    from portal.domain.editions import Edition
    from portal.domain.notice import Entry
    from portal.domain.round_news import Cause


def listed_entries(catalogue: Catalogue, edition: Edition, at: datetime) -> list[Entry]:
    """Everybody who stands on a public list of an edition, each once, with the county."""
    found: dict[tuple[str, ...], Entry] = {}
    for stage in edition.stages:
        for one in stage_lists(catalogue, stage.kind, edition.slug, at) if stage.kind else ():
            for entry in one.listed.entries if one.listed.speaks(at) else ():
                placed = entry._replace(county=entry.county or one.listed.county)
                key = (name_key(entry.name), entry.category, name_key(entry.apart), placed.county)
                found.setdefault(key, placed)
    return list(found.values())


def lines_of(departures: Iterable[Mapping[str, Any]], why: Cause) -> str:
    """The departures of a header for one cause as a person types them; see `departures_named`."""
    return "\n".join(_line(one) for one in departures if one.get("why") == why)


def _line(departure: Mapping[str, Any]) -> str:
    which = departure.get("employer") or departure.get("county")
    name = f"{departure.get('entry')}（{which}）" if which else str(departure.get("entry"))
    return "，".join(filter(None, (name, str(departure.get("reason") or ""))))


def departures_named(entries: Iterable[Entry], lines: str, why: Cause) -> list[dict[str, Any]]:
    """The departures of a header; RequestError for a name that is not on the lists just once.

    Of namesakes the line says the employer or the county: 张三（甲公司），书面申请退出.
    """
    entries, found = list(entries), []
    for line in filter(None, map(str.strip, lines.splitlines())):
        named, _, reason = line.replace(",", "，").partition("，")
        name, _, which = named.strip().replace("(", "（").rstrip("）)").partition("（")
        alike = [entry for entry in entries if name_key(entry.name) in map(name_key, (named, name))]
        if which and len(alike) > 1:
            alike = [entry for entry in alike if which.strip() in (entry.apart, entry.county)]
        if len(alike) != 1:
            known = "、".join(f"{e.name}（{e.apart or e.county}）" for e in alike)
            fault = f"不止一个：{known}，请写明是哪一个" if alike else "不在以前发布的名单上"
            raise RequestError(f"“{named.strip()}”{fault}")
        entry = alike[0]
        values = {"entry": entry.name, "category": str(entry.category), "why": str(why)}
        values |= {"reason": reason.strip(), "county": entry.county, "employer": entry.apart}
        found.append({key: value for key, value in values.items() if value})
    return found
