"""A notice as a structured news item: IPTC ninjs 3.1 (News in JSON)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from portal.render.fullwidth import character_count
from portal.render.links import issuer_name, lasting_uri, permalink
from portal.render.notice.newspaper import editor_notes, full_copy, short_copy

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Protocol

    from portal.content.catalogue import Catalogue
    from portal.domain.history import History
    from portal.domain.notice import Notice

    class Rendition(Protocol):
        """What an item says of another format of the same notice."""

        @property
        def name(self) -> str:
            """Short name, such as pdf."""

        @property
        def filename(self) -> str:
            """File name under the page's address."""

        @property
        def media_type(self) -> str:
            """Media type."""

        @property
        def label(self) -> str:
            """Chinese name."""


_SCHEMA = "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#"


def news_item(notice: Notice, catalogue: Catalogue, renditions: Iterable[Rendition]) -> bytes:
    """The item a news desk's system can take in; a withdrawn notice is a canceled item.

    Its `uri` outlives every revision and change of address; every later act raises `version`.
    """
    history = catalogue.history(notice)
    document: dict[str, Any] = {
        "uri": lasting_uri(notice, catalogue),
        "type": "text",
        "representationType": "full",
        "profile": "text-only",
        "version": str(history.version),
        "firstCreated": notice.published.isoformat(),
        "versionCreated": history.changed.isoformat(),
        "contentCreated": notice.updated.isoformat(),
        "pubStatus": _status(notice, history),
        "language": "zh-Hans-CN",
        "title": history.mark + notice.title,
        "by": issuer_name(notice, catalogue),
        "headlines": [{"role": "main", "value": notice.title}],
        "bodies": [] if history.withdrawn else _bodies(notice, catalogue),
        "edNote": "；".join(_editor_lines(notice, catalogue)),
        "subjects": [{"name": tag, "rel": "about"} for tag in notice.tags],
        "genres": [{"name": notice.kind.label, "literal": notice.kind}],
        "places": _places(notice, catalogue),
        "infoSources": [{"name": issuer_name(notice, catalogue), "role": "publisher"}],
        "altIds": _alternative_ids(notice, catalogue),
        "renditions": _renditions(permalink(notice, catalogue), renditions),
        "associations": _associations(notice, catalogue),
        "standard": {"name": "ninjs", "version": "3.1", "schema": _SCHEMA},
    }
    if notice.window:
        document["expires"] = notice.window.closes_at.isoformat()
    kept = {key: value for key, value in document.items() if value not in ([], "")}
    return (json.dumps(kept, ensure_ascii=False, indent=1) + "\n").encode()


def _status(notice: Notice, history: History) -> str:
    if notice.demonstration:
        # "Not for publication" is what the mark 演示 means to a news desk.
        return "withheld"
    return "canceled" if history.withdrawn else "usable"


def _bodies(notice: Notice, catalogue: Catalogue) -> list[dict[str, Any]]:
    bodies: list[dict[str, Any]] = []
    for role, copy in (
        ("main", full_copy(notice, catalogue)),
        ("short", short_copy(notice, catalogue)),
    ):
        value = "\n".join(copy)
        count = character_count(value)
        bodies.append(
            {"role": role, "contentType": "text/plain", "charCount": count, "value": value}
        )
    bodies.append(
        {"role": "richtext", "contentType": "text/html", "value": catalogue.html(notice.body)}
    )
    return bodies


def _editor_lines(notice: Notice, catalogue: Catalogue) -> list[str]:
    mark = ["演示数据，纯属虚构，不得刊登"] if notice.demonstration else []
    if catalogue.history(notice).withdrawn:
        mark.append("已撤回，不得刊登")
    return mark + editor_notes(notice, catalogue)


def _places(notice: Notice, catalogue: Catalogue) -> list[dict[str, str]]:
    county = catalogue.site.county_name(notice.county)
    return [{"name": county, "rel": "about"}] if county else []


def _alternative_ids(notice: Notice, catalogue: Catalogue) -> list[dict[str, str]]:
    ids = [
        {"role": "slug", "value": notice.slug},
        {"role": "page", "value": permalink(notice, catalogue)},
        {"role": "sha256", "value": notice.digest},
    ]
    return ids + ([{"role": "document-number", "value": notice.number}] if notice.number else [])


def _renditions(base: str, renditions: Iterable[Rendition]) -> list[dict[str, str]]:
    return [
        {
            "name": rendition.name,
            "href": f"{base}{rendition.filename}",
            "contentType": rendition.media_type,
            "title": rendition.label,
        }
        for rendition in renditions
    ]


def _associations(notice: Notice, catalogue: Catalogue) -> list[dict[str, str]]:
    """The PDF, the list and every amending or amended notice, as items of their own."""
    base = permalink(notice, catalogue)
    found = [{"name": "notice-pdf", "rel": "alternate", "type": "text", "uri": f"{base}notice.pdf"}]
    if notice.entries:
        found.append({"name": "list", "rel": "data", "type": "text", "uri": f"{base}list.json"})
    related = [
        (str(amendment.kind), amendment) for amendment in catalogue.amendments.get(notice.slug, ())
    ]
    about = catalogue.by_slug.get(notice.about) if notice.about else None
    if about:
        related.append(("amends" if notice.amends else "result-of", about))
    found += [
        {"name": other.title, "rel": rel, "type": "text", "uri": lasting_uri(other, catalogue)}
        for rel, other in related
    ]
    return found
