"""A link shows one draft for a stated time; it ends at once when it is taken back."""

import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from portal.casework.models import AuditLine
from portal.domain.workdays import SHANGHAI
from portal.editorial.drafts import Drafts
from portal.editorial.preview_links import LONGEST, PreviewLinks
from portal.errors import RequestError

AT = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
DAY = timedelta(days=1)


@pytest.fixture
def links(tmp_path, sqlite_register):
    drafts = Drafts(tmp_path / "drafts")
    for slug in ("one", "two"):
        drafts.create(slug, {"title": slug}, "")
    return PreviewLinks(drafts, sqlite_register)


def test_a_link_leads_to_its_draft_until_its_time(links):
    token = links.hand_out("one", "wang", AT, DAY)
    assert links.find(token, AT).slug == "one"
    assert links.find(token, AT + DAY) is None
    assert links.find(f"{token}x", AT) is None
    assert not any(token in path.name for path in links.drafts.root.rglob("*"))


def test_a_link_ends_when_it_is_taken_back_or_its_draft_goes(links):
    first, second = (links.hand_out("one", "wang", AT, DAY) for _ in range(2))
    links.take_back("two", links.of("one", AT)[0].id, "wang", AT)
    assert len(links.of("one", AT)) == 2  # of another draft nothing is taken back
    for link in links.of("one", AT)[:1]:
        links.take_back("one", link.id, "li", AT)
    assert [bool(links.find(token, AT)) for token in (first, second)].count(True) == 1
    links.drafts.discard("one", links.drafts.read("one").digest)
    assert not any(links.find(token, AT) for token in (first, second))


@pytest.mark.parametrize("lasts", [timedelta(0), -DAY, LONGEST + DAY])
def test_no_link_is_for_ever(links, lasts):
    with pytest.raises(RequestError, match="最长"):
        links.hand_out("one", "wang", AT, lasts)


def test_who_handed_a_link_out_and_who_took_it_back_is_on_record(links):
    links.hand_out("one", "wang", AT, DAY)
    links.take_back("one", links.of("one", AT)[0].id, "li", AT)
    with links.register.read() as session:
        found = [
            (r.actor, r.action, json.loads(r.detail)["draft"])
            for r in session.scalars(select(AuditLine))
        ]
    assert found == [("wang", "preview-link", "one"), ("li", "preview-link-end", "one")]
