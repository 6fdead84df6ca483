"""A reader's programs get every notice whole, under an identifier that never changes."""

import json
from datetime import timedelta
from pathlib import Path

import feedparser
import pytest

from portal.content.selection import EVERYTHING, Selection, listed_selections
from portal.domain.notice import Attachment, Kind
from portal.domain.window import publicity_window
from portal.render.notice.feeds import ITEM_LIMIT, FeedFormat, feed
from tests.freezer.samples import CALENDAR, ENTRIES, SITE, catalogue, instant, notice, revised
from tests.sites import load_all
from tests.thirdaward import COUNTY_PUBLICITY, KINDS

ROOT = Path(__file__).parents[2]

XML = (FeedFormat.RSS, FeedFormat.ATOM)
LATER = instant("2026-11-20T12:00")


def publicity(slug="pingding-list", **fields):
    window = publicity_window(instant("2026-11-02T00:00").date(), 5, CALENDAR)
    return notice(
        slug,
        kind=COUNTY_PUBLICITY,
        county="pingding",
        window=window,
        entries=ENTRIES,
        **fields,
    )


def items(site, fmt, selection=EVERYTHING, at=LATER):
    """What a feed says, as (id, title, html, updated), whatever its format."""
    data = feed(site, selection, at, fmt)
    if fmt is FeedFormat.JSON:
        return [
            (i["id"], i["title"], i["content_html"], i["date_modified"])
            for i in json.loads(data)["items"]
        ]
    parsed = feedparser.parse(data)
    assert not parsed.bozo, parsed.get("bozo_exception")
    return [
        (e.id, e.title, e.content[0].value, e.updated if "updated" in e else None)
        for e in parsed.entries
    ]


@pytest.mark.parametrize("fmt", FeedFormat)
def test_ids_stay_when_the_site_is_shown_under_another_address(fmt):
    at_home, moved = (
        load_all([ROOT / "content"], [ROOT / "notices"], base_url=base)
        for base in (None, "http://localhost:8000/portal")
    )
    at = max(notice.updated for notice in at_home.notices)
    ids = [item[0] for item in items(at_home, fmt, at=at)]
    assert ids
    assert [item[0] for item in items(moved, fmt, at=at)] == ids


@pytest.mark.parametrize("fmt", FeedFormat)
def test_items_carry_the_whole_text_and_the_list_as_a_table(fmt):
    attached = (Attachment("附件 1.docx", 9, "0" * 64),)
    [(ident, title, html, _)] = items(catalogue(publicity(attachments=attached)), fmt)
    assert ident == "tag:award.example,2026-11-02:notices/pingding-list"
    assert title == "关于pingding-list的公示"
    assert "<strong>《办法》</strong>" in html
    assert "某某&lt;有限&gt;公司" in html
    assert "李䶮" in html
    assert "<th" in html
    assert "2026年11月6日24:00" in html
    # No relative reference is left: a reader has no address to resolve it against.
    assert "https://award.example/portal/notices/pingding-list/files/" in html
    assert 'href="files' not in html
    assert 'href="/' not in html


@pytest.mark.parametrize("fmt", FeedFormat)
def test_a_revision_is_an_item_of_its_own_and_the_first_keeps_its_id(fmt):
    first = publicity()
    second = revised(first, "2026-11-04T10:00", "补正单位名称")
    [(id1, _, _, updated1)] = items(catalogue(first), fmt)
    (id2, title, html, updated2), (kept, marked, _, raised) = items(catalogue(second), fmt)
    assert kept == id1
    assert id2 == f"{id1}/revisions/2"
    assert title == marked == "【已修订】关于pingding-list的公示"
    assert "补正单位名称" in html
    assert updated2 == raised > updated1


@pytest.mark.parametrize("fmt", XML)
def test_items_say_who_published_and_when_it_changed(fmt):
    data = feed(catalogue(publicity()), EVERYTHING, LATER, fmt)
    [entry] = feedparser.parse(data).entries
    assert entry.author == "示例市质量强市领导小组办公室"
    assert entry.updated_parsed[:5] == (2026, 11, 2, 1, 0)


@pytest.mark.parametrize("fmt", FeedFormat)
def test_a_feed_of_one_county_tells_of_what_amends_its_notices(fmt):
    amending = notice("gone", "2026-11-05T09:00", kind=Kind.WITHDRAWAL, amends="pingding-list")
    site = catalogue(publicity(), amending)
    for selection in (Selection(county="pingding"), Selection(kind=COUNTY_PUBLICITY)):
        (ident, *_), (_, title, html, _) = items(site, fmt, selection)
        assert ident == "tag:award.example,2026-11-05:notices/gone"
        assert title.startswith("【已撤回】")
        assert "李䶮" not in html


@pytest.mark.parametrize("fmt", FeedFormat)
def test_a_change_of_an_old_notice_comes_back_however_many_came_between(fmt):
    many = [notice(f"n{i:03}", "2026-11-03T09:00") for i in range(ITEM_LIMIT + 5)]
    old = revised(publicity(), "2026-11-04T10:00", "补正")
    found = [ident for ident, *_ in items(catalogue(old, *many), fmt)]
    assert len(found) == ITEM_LIMIT
    assert found[0].endswith("notices/pingding-list/revisions/2")
    assert not found[-1].endswith("pingding-list")


@pytest.mark.parametrize("fmt", FeedFormat)
@pytest.mark.parametrize(
    ("kind", "mark"), [(Kind.CORRECTION, "已更正"), (Kind.WITHDRAWAL, "已撤回")]
)
def test_amendments_are_items_of_their_own_and_mark_what_they_amend(fmt, kind, mark):
    amending = notice("amending", "2026-11-05T09:00", kind=kind, amends="pingding-list")
    site = catalogue(publicity(), amending)
    (_, _, text, when), (_, title, html, _) = items(site, fmt)
    assert "pingding-list" in text
    assert mark in title
    assert "/notices/amending/" in html
    assert items(site, fmt)[1][3] == when
    # Before the amendment went up nothing of it shows.
    [(_, early, _, _)] = items(site, fmt, at=instant("2026-11-04T09:00"))
    assert mark not in early


@pytest.mark.parametrize("fmt", FeedFormat)
def test_demonstration_data_says_so_in_every_item(fmt):
    [(_, title, html, _)] = items(catalogue(publicity(demonstration=True)), fmt)
    assert title.startswith("【演示】")
    assert "演示数据" in html


@pytest.mark.parametrize("fmt", FeedFormat)
def test_a_feed_holds_the_newest_items_of_its_selection_newest_first(fmt):
    many = [
        notice(f"n{i:03}", (instant("2026-10-01T09:00") + timedelta(hours=i)).isoformat()[:16])
        for i in range(ITEM_LIMIT + 5)
    ]
    site = catalogue(*many, publicity())
    found = [title for _, title, _, _ in items(site, fmt, Selection(kind=Kind.CALL))]
    newest = range(ITEM_LIMIT + 4, 4, -1)
    assert found == [f"关于n{i:03}的公示" for i in newest]
    assert [t for _, t, _, _ in items(site, fmt, Selection(county="yuxian"))] == []


@pytest.mark.parametrize("fmt", XML)
def test_dates_of_the_feed_are_those_of_its_newest_item(fmt):
    site = catalogue(publicity(), notice("newer", "2026-11-03T09:00"))
    parsed = feedparser.parse(feed(site, EVERYTHING, LATER, fmt))
    assert parsed.feed.updated_parsed[:5] == (2026, 11, 3, 1, 0)
    assert parsed.feed.language == "zh-CN" or parsed.feed.get("xml_lang") == "zh-CN"
    assert parsed.feed.link == "https://award.example/portal/notices/"
    assert parsed.entries[0].published_parsed[:5] == (2026, 11, 3, 1, 0)


def test_the_same_input_gives_the_same_bytes_at_any_later_time():
    site = catalogue(publicity(), notice("other"))
    for selection in listed_selections(SITE.counties, KINDS):
        for fmt in FeedFormat:
            assert feed(site, selection, LATER, fmt) == feed(
                site, selection, LATER + timedelta(days=9), fmt
            )


@pytest.mark.parametrize("fmt", FeedFormat)
def test_text_that_xml_cannot_hold_does_not_break_the_feed(fmt):
    odd = notice("odd", title="控\x0b制]]>字符 & <b>", body="a\x01b ]]> c")
    [(_, title, html, _)] = items(catalogue(odd), fmt)
    assert title.startswith("控制]]")
    assert "\x01" not in html
