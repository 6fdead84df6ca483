"""What an earlier text links to leads there still, or says that it is gone."""

from dataclasses import replace

import pytest

from portal.domain.notice import Attachment, Revision
from tests.freezer.samples import catalogue, instant, notice
from tests.showcase import site_app

BASE = "/notices/call/revisions/1/"


@pytest.fixture
def earlier(tmp_path):
    """The page of an earlier text with a given body, and a client to follow its links."""
    (tmp_path / "附件.txt").write_text("新", encoding="utf-8")

    def build(body):
        kept = Attachment("附件.txt", 3, "0" * 64, str(tmp_path / "附件.txt"))
        first = Revision(1, instant("2026-11-02T09:00"), "", "通知", body, ())
        second = replace(first, number=2, note="更换附件", published=instant("2026-11-03T09:00"))
        site = catalogue(notice("call", attachments=(kept,), revisions=(first, second)))
        client = site_app(site, instant("2026-11-04T09:00")).test_client()
        return client.get(BASE).text, client

    return build


def test_a_file_that_is_still_there_is_reached(earlier):
    page, client = earlier("旧正文，见 [附件](files/附件.txt)。")
    assert 'href="../../files/' in page
    assert client.get("/notices/call/files/附件.txt").data.decode() == "新"


@pytest.mark.parametrize("body", ["见 [表格](files/旧表.xlsx)。", "![旧图](files/旧图.png)"])
def test_a_file_that_is_gone_says_so(earlier, body):
    page, _ = earlier(body)
    assert "已不再提供" in page
    assert "旧表.xlsx" not in page
    assert "旧图.png" not in page


@pytest.mark.parametrize(
    ("written", "shown"),
    [("../other/", "../../../other/"), ("/guide/", "/guide/"), ("#一", "#一")],
)
def test_other_links_lead_where_the_text_meant(earlier, written, shown):
    page, _ = earlier(f"见[别处]({written})。")
    assert f'href="{shown}"' in page
