"""Small catalogues made by hand, for tests that need no files."""

from dataclasses import replace
from datetime import datetime

from portal.content.catalogue import Catalogue
from portal.content.parts import Parts, parts_of
from portal.domain.notice import Entry, Kind, Notice, Review, Revision
from portal.domain.places import County, Office, Site
from portal.domain.workdays import SHANGHAI, WorkCalendar
from tests.thirdaward import EXPERT, ORGANIZATION
from tests.thirdaward import THIRD as EDITION

CALENDAR = WorkCalendar(frozenset({2021, 2026}))
SITE = Site(
    name="示例市质量奖公示平台",
    description="发布通知与公示。",
    host="示例市办公室",
    base_url="https://award.example/portal",
    keywords=("质量奖",),
    counties={"pingding": County("pingding", "平定县"), "yuxian": County("yuxian", "盂县")},
    offices={"city": Office("city", "示例市质量强市领导小组办公室", "市办公室")},
    office="city",
)
THIRD = replace(EDITION, name="第三届示例市质量奖", caps=(), steps=EDITION.steps)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def notice(slug: str, published: str = "2026-11-02T09:00", **fields: object) -> Notice:
    given = {
        "title": f"关于{slug}的公示",
        "kind": Kind.CALL,
        "edition": "third",
        "issuer": "city",
        "body": "各有关单位：\n\n**《办法》**见[附件](files/a.docx)，另见[说明](/guide/)。",
        "review": Review("甲", "乙", "丙"),
    } | fields
    return Notice(slug=slug, published=instant(published), **given)


def revised(original: Notice, at: str, note: str) -> Notice:
    from dataclasses import replace

    first = Revision(1, original.published, "", original.title, original.body, original.entries)
    return replace(
        original,
        revisions=(first, replace(first, number=2, published=instant(at), note=note)),
    )


ENTRIES = (
    Entry("某某<有限>公司", ORGANIZATION, county="平定县"),
    Entry("李䶮", EXPERT, county="平定县", employer="某&某学院", position="教授"),
)


def with_parts(known: Catalogue, /, **changed: object) -> Catalogue:
    """The catalogue with other parts, such as another site or ledger."""

    def part(name: str) -> object:
        return changed[name] if name in changed else known.parts.part(name)

    return Catalogue(Parts(part), known.shelf, known.at)


def catalogue(*notices: Notice) -> Catalogue:
    return Catalogue(parts_of(SITE, CALENDAR, {"third": THIRD}), notices)
