"""What an earlier text links to leads there still, or says that it is gone."""

import re
from dataclasses import replace
from urllib.parse import quote, urljoin

import pytest

from portal.domain.notice import Attachment, Revision
from tests.addresses import site_paths
from tests.freezer.samples import catalogue, instant, notice
from tests.showcase import site_app
from tests.sites import PINGDING

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


REVISED = """
-- notices/notice/notice.md --
---
title: 关于修订的通知
kind: call
edition: third
issuer: pingding-office
published: 2021-11-20T09:00:00+08:00
review: {drafted: 张某甲, reviewed: 李某乙, approved: 王某丙}
revision: 2
updated: 2021-11-21T10:00:00+08:00
note: 更换附件
---
各有关单位：

新正文，见 [附件](files/附件.txt)。

请于2021年12月1日前报送。
-- notices/notice/files/附件.txt --
新
-- notices/notice/revisions/1/notice.md --
---
title: 关于修订的通知
kind: call
edition: third
issuer: pingding-office
published: 2021-11-20T09:00:00+08:00
review: {drafted: 张某甲, reviewed: 李某乙, approved: 王某丙}
---
各有关单位：

旧正文，见 [附件](files/附件.txt)。
"""
OLD_FILE = """
-- notices/notice/revisions/1/files/附件.txt --
旧
-- notices/notice/revisions/1/files/说明.txt --
只有旧版有
"""
TEXT = "/notices/notice/revisions/1/"


def attached(client, page):
    """The address of the attachment that a page links to, and what it holds."""
    link = re.search(r'href="([^"]*files/[^"]+)"', client.get(page).text)
    address = urljoin(page, link[1])
    return address, client.get(address).data.decode().strip()


def test_an_earlier_text_without_files_leads_to_the_current_ones(site_from):
    client = site_app(site_from(REVISED).catalogue()).test_client()
    assert attached(client, TEXT)[1] == "新"
    assert client.get(f"{TEXT}files/附件.txt").status_code == 404


def test_an_earlier_text_leads_to_its_own_file(site_from):
    catalogue = site_from(REVISED + OLD_FILE).catalogue()
    client = site_app(catalogue).test_client()
    address, content = attached(client, TEXT)
    assert (address.startswith(f"{TEXT}files/"), content) == (True, "旧")
    assert quote(address) in set(site_paths(catalogue, instant("2021-12-01T09:00")))
    assert attached(client, "/notices/notice/")[1] == "新"
    assert "说明.txt" in client.get(TEXT).text
    assert client.get("/notices/notice/files/说明.txt").status_code == 404
    answer = client.get(address)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_what_a_revision_changed_is_told_in_words_and_side_by_side(site_from):
    catalogue = site_from(REVISED + OLD_FILE).catalogue()
    client = site_app(catalogue).test_client()
    for page in ("/notices/notice/", TEXT):
        assert f'href="{TEXT}changes/"' in client.get(page).text
    told = client.get(f"{TEXT}changes/").text
    for words in (
        "更换附件",
        "正文新增1段（第2版的第3段）",
        "正文改写1段（第2版的第2段）",
        "删去附件：说明.txt",
        "更换附件：附件.txt",
        "<del>旧</del>",
        "<ins>新</ins>",
    ):
        assert words in told
    assert f"{TEXT}changes/" in set(site_paths(catalogue, instant("2021-12-01T09:00")))
    for nowhere in ("/notices/notice/revisions/2/changes/", "/notices/notice/revisions/0/changes/"):
        assert client.get(nowhere).status_code == 404


def test_a_changed_list_is_told_entry_by_entry(site_from):
    now = PINGDING.replace(
        "published:", "revision: 2\nupdated: 2021-12-07T09:00:00+08:00\nnote: 改名单\npublished:"
    ).replace("平定县甲制造有限公司", "平定县甲制造集团有限公司")
    before = PINGDING.replace("notices/pingding-list/", "notices/pingding-list/revisions/1/")
    client = site_app(site_from(now + before).catalogue()).test_client()
    told = client.get("/notices/pingding-list/revisions/1/changes/").text
    assert "名单中“平定县甲制造有限公司”的名称改为“平定县甲制造集团有限公司”" in told
    assert "<ins>集团</ins>" in told
    assert "赵六" not in told
