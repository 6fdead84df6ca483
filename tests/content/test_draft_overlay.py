"""A preview shows a draft that lies in the state folder alone, over the notice of its name."""

import shutil
from datetime import datetime

import pytest

from portal.content.draft_overlay import DraftOverlay
from portal.content.followed import FollowedCatalogue
from portal.domain.unrecorded import Unrecorded
from portal.domain.workdays import SHANGHAI
from portal.site import create_app
from portal.site.site_options import SiteOptions
from tests.sites import PINGDING, YUXIAN

AT = datetime(2021, 12, 7, 12, tzinfo=SHANGHAI)


@pytest.fixture
def previewed(site_from, tmp_path):
    tree = site_from(PINGDING).record()
    told = []
    followed = FollowedCatalogue(
        tree.content,
        tree.notices,
        ticks=lambda: 0.0,
        failed=told.append,
        unrecorded=Unrecorded.MARKED,
    )
    overlay = DraftOverlay(followed, tmp_path / "drafts", told.append)
    client = create_app(overlay, SiteOptions("http://localhost"), lambda: AT).test_client()
    return tree, tmp_path / "drafts", client, told


def edited(folder, old, new):
    path = folder / "notice.md"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_a_draft_alone_and_one_over_a_notice_are_shown_and_followed(previewed):
    tree, drafts, client, told = previewed
    assert client.get("/notices/yuxian-list/").status_code == 404
    drafts.mkdir()
    tree.write(YUXIAN)
    shutil.move(tree.notices[0] / "yuxian-list", drafts / "yuxian-list")
    shutil.copytree(tree.notices[0] / "pingding-list", drafts / "pingding-list")
    edited(drafts / "pingding-list", "现将推荐名单", "现将改过的名单")
    assert "【预览】盂县" in client.get("/notices/yuxian-list/").text
    assert "现将改过的名单" in client.get("/notices/pingding-list/").text
    listed = client.get("/notices/").text
    assert listed.count("【预览】") >= 2
    edited(drafts / "yuxian-list", "现将推荐名单", "又改了名单")
    assert "又改了名单" in client.get("/notices/yuxian-list/").text
    shutil.rmtree(drafts / "pingding-list")
    assert "现将推荐名单" in client.get("/notices/pingding-list/").text
    assert told == []


def test_a_draft_with_faults_is_told_and_what_is_below_it_shown(previewed):
    tree, drafts, client, told = previewed
    shutil.copytree(tree.notices[0] / "pingding-list", drafts / "pingding-list")
    (drafts / "discarded").mkdir()
    edited(drafts / "pingding-list", "kind: county-publicity", "kind: 不认识")
    assert "现将推荐名单" in client.get("/notices/pingding-list/").text
    assert [issue.code for issue in told[0].issues] == ["F007"]
