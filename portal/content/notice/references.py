"""References: whether the names a notice gives of editions, offices and notices exist."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from portal.content.files.fault_collector import Faults

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from portal.content.notice.notice_reader import Source
    from portal.domain.editions import Edition
    from portal.domain.notice import Notice
    from portal.domain.places import Site


def with_references(
    source: Source,
    site: Site | None,
    editions: Mapping[str, Edition],
    slugs: Collection[str],
) -> Source:
    """The source marked as its edition asks, with faults for every name that does not exist."""
    notice = source.notice or source.partial
    if notice is None or source.matter is None:
        return source
    faults = Faults(source.text_path)
    places = source.matter.places
    for key, name, known, where in _references(notice, site, editions, slugs):
        if name and name not in known:
            remedy = f"{where}；现有：{'、'.join(sorted(known)[:12]) or '无'}"
            faults.add("F009", f"“{key}”指向不存在的“{name}”", remedy, places.get(key, (1, 1)))
    edition = editions.get(notice.edition)
    if faults.issues:
        issues = (*source.issues, *faults.issues)
        return replace(source, notice=None, partial=None, issues=issues)
    if source.notice is not None and edition is not None and edition.demonstration:
        return replace(source, notice=replace(notice, demonstration=True))
    return source


def _references(
    notice: Notice,
    site: Site | None,
    editions: Mapping[str, Edition],
    slugs: Collection[str],
) -> list[tuple[str, str | None, Iterable[str], str]]:
    found: list[tuple[str, str | None, Iterable[str], str]] = [
        ("edition", notice.edition, editions.keys(), "写 content/awards/ 中的文件名"),
    ]
    if notice.amends:
        found.append(("amends", notice.amends, slugs, "写被更正或撤回的公告的文件夹名"))
    if notice.result_of:
        found.append(("result-of", notice.result_of, slugs, "写公示的文件夹名"))
    if site is not None:
        found.append(
            ("issuer", notice.issuer, site.offices.keys(), "写 site.toml 中 [offices] 的名称")
        )
        found.append(
            ("county", notice.county, site.counties.keys(), "写 site.toml 中 [counties] 的名称")
        )
    return found
