"""What comes later is told by every output of a notice, in the word that means it and no other."""

import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import icalendar
import openpyxl
import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from portal.content.selection import EVERYTHING
from portal.domain.history import notice_history
from portal.domain.notice import Attachment, Kind, Revision
from portal.domain.states import Act
from portal.domain.window import Extension, publicity_window
from portal.render.notice.feeds import FeedFormat, feed
from portal.render.notice.formats import FORMATS
from portal.render.notice.share_picture import share_picture
from tests.freezer.samples import CALENDAR, ENTRIES, catalogue, instant, notice, revised, with_parts
from tests.showcase import site_app
from tests.thirdaward import COUNTY_PUBLICITY

AT = instant("2026-11-05T10:00")
PAGE = "/notices/listed/"


def listed(**fields):
    window = publicity_window(instant("2026-11-02T00:00").date(), 5, CALENDAR)
    given = {"kind": COUNTY_PUBLICITY, "county": "pingding", "window": window}
    return notice("listed", **(given | {"entries": ENTRIES, "title": "推荐名单公示"} | fields))


def extended():
    reason = Extension(2, "暴雪停止办公")
    opens = instant("2026-11-02T00:00").date()
    longer = publicity_window(opens, 5, CALENDAR, extensions=(reason,))
    return replace(revised(listed(), "2026-11-04T10:00", "暴雪，公示顺延"), window=longer)


def after(act):
    """A catalogue in which one act was done to the list, and the list."""
    amends = {Act.CORRECTED: Kind.CORRECTION, Act.WITHDRAWN: Kind.WITHDRAWAL}
    if act in amends:
        fields = {"kind": amends[act], "amends": "listed", "title": "另一份公告"}
        amending = notice("later", "2026-11-04T10:00", **fields)
        return catalogue(listed(), amending), listed()
    changed = extended() if act is Act.EXTENDED else revised(listed(), "2026-11-04T10:00", "改正")
    return catalogue(changed), changed


def words(media_type, content):
    """What a person or a program reads in a file; a new kind of file needs a line here."""
    match media_type.rpartition("/")[2]:
        case "pdf":
            pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
            marked = [re.findall("【已..】", page) for page in pages]
            assert all(marks == marked[0] for marks in marked)
            return "".join(pages)
        case "vnd.openxmlformats-officedocument.wordprocessingml.document":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                heads = [n for n in archive.namelist() if n.startswith("word/header")]
                return "".join(archive.read(name).decode() for name in heads)
        case "vnd.openxmlformats-officedocument.spreadsheetml.sheet":
            sheets = openpyxl.load_workbook(io.BytesIO(content)).worksheets
            return "".join(str(c.value) for s in sheets for row in s.iter_rows() for c in row)
        case "png":
            return Image.open(io.BytesIO(content)).text["Description"]
        case "calendar":
            event = next(iter(icalendar.Calendar.from_ical(content).walk("VEVENT")))
            return event["SUMMARY"] + event["DESCRIPTION"]
        case "plain" | "csv" | "json" | "html" | "xml" | "rss+xml" | "atom+xml" | "feed+json":
            return content.decode()
    raise AssertionError(media_type)


def told(text):
    return {act for act in Act if act.label in text}


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)
def test_every_format_tells_of_every_act_in_its_own_word(fmt, act):
    site, subject = after(act)
    content = fmt.render(subject, site)
    assert told(words(fmt.media_type, content)) == {act}
    unchanged = fmt.render(listed(), catalogue(listed()))
    assert not told(words(fmt.media_type, unchanged))
    assert content != unchanged


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("fmt", FeedFormat)
def test_every_feed_tells_of_every_act_in_its_own_word(fmt, act):
    site, _ = after(act)
    assert told(words(fmt.media_type, feed(site, EVERYTHING, AT, fmt))) == {act}


@pytest.mark.parametrize("act", Act)
def test_the_page_its_title_its_data_and_earlier_texts_tell_of_every_act(act):
    site, subject = after(act)
    client = site_app(site, AT).test_client()
    page = client.get(PAGE).text
    assert told(page) == {act}
    title = re.search("<title>(.*?)</title>", page)[1]
    assert f"【{act.label}】" in title
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])
    assert (data["creativeWorkStatus"], data["version"]) == (act.label, 2)
    assert data["dateModified"] == instant("2026-11-04T10:00").isoformat()
    assert f"{PAGE}</loc><lastmod>{data['dateModified']}" in client.get("/sitemap.xml").text
    if subject.revision > 1:
        assert f"【{act.label}】" in client.get(f"{PAGE}revisions/1/").text


def test_an_earlier_text_of_a_withdrawn_notice_is_withdrawn_too():
    later = notice("later", "2026-11-05T09:00", kind=Kind.WITHDRAWAL, amends="listed")
    site = catalogue(revised(listed(), "2026-11-04T10:00", "改正"), later)
    earlier = site_app(site, AT).test_client().get(f"{PAGE}revisions/1/").text
    assert "【已撤回】" in earlier
    assert "关于later的公示" in earlier


def test_a_withdrawn_notice_has_nothing_to_print_and_rings_no_more():
    site, subject = after(Act.WITHDRAWN)
    formats = {fmt.name: fmt for fmt in FORMATS}
    copy = formats["newspaper"].render(subject, site).decode("utf-8-sig")
    assert copy.splitlines()[0] == "【已撤回，不得刊登】"
    assert "李䶮" not in copy
    assert subject.title not in copy
    item = json.loads(formats["item"].render(subject, site))
    assert (item["pubStatus"], item.get("bodies")) == ("canceled", None)
    calendar = icalendar.Calendar.from_ical(formats["ics"].render(subject, site))
    event = next(iter(calendar.walk("VEVENT")))
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)
    assert event["DTSTAMP"].dt == datetime(2026, 11, 4, 2, tzinfo=UTC)
    assert not calendar.walk("VALARM")
    assert share_picture(subject, site) != share_picture(listed(), catalogue(listed()))


def test_lasting_names_stand_on_the_authority_whatever_the_address():
    site, subject = after(Act.REVISED)
    moved = with_parts(site, site=replace(site.site, feed_authority="old.example"))
    formats = {fmt.name: fmt for fmt in FORMATS}
    event = icalendar.Calendar.from_ical(formats["ics"].render(subject, moved)).walk("VEVENT")[0]
    assert event["UID"] == "listed@old.example"
    item = json.loads(formats["item"].render(subject, moved))
    assert item["uri"] == "https://old.example/notices/listed/"


steps = st.lists(st.sampled_from(["revise", "extend", "correct", "withdraw"]), max_size=6)


@given(steps)
def test_whatever_the_acts_version_and_time_only_rise_and_no_act_is_lost(acts):
    at = instant("2026-11-02T09:00")
    revisions, others, days, known = [Revision(1, at, "", "题", "", ())], [], (), [(1, at)]
    for number, act in enumerate(acts, start=2):
        at += timedelta(hours=1)
        if act in ("revise", "extend"):
            days += (Extension(1, "因故"),) if act == "extend" else ()
            count = len(revisions) + 1
            revisions.append(Revision(count, at, "说明", "题", "", (), extensions=len(days)))
        else:
            kind = Kind.CORRECTION if act == "correct" else Kind.WITHDRAWAL
            others.append(notice(f"n{number}", at.isoformat()[:16], kind=kind, amends="listed"))
        window = publicity_window(at.date(), 5, CALENDAR, extensions=days)
        subject = listed(window=window, revisions=tuple(revisions))
        history = notice_history(subject, others)
        known.append((history.version, history.changed))
        assert len(history.acts) == number - 1
    assert known == sorted(set(known))
    names = dict(zip(["revise", "extend", "correct", "withdraw"], Act, strict=True))
    final = (
        notice_history(listed(window=window, revisions=tuple(revisions)), others) if acts else None
    )
    assert final is None or final.kinds == {names[act] for act in acts}


def test_a_missing_earlier_text_hides_no_act():
    only = Revision(3, instant("2026-11-04T10:00"), "改正", "题", "", ())
    history = notice_history(listed(revisions=(only,), attachments=(Attachment("a", 1, "0"),)))
    assert (history.mark, history.version) == ("【已修订】", 3)
