"""The guide, questions and forms of a former edition stay, and say whose they are."""

import re
import shutil

import pytest
from click.testing import CliRunner

from portal.cli import portal
from portal.site.paths import former_file_paths, former_paths
from tests.showcase import ROOT, site_app
from tests.sites import load_all

GIVEN = ["edition", "new", "fourth", "--from", "third", "--short", "第四届", "--content"]


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    folder = tmp_path_factory.mktemp("former") / "content"
    shutil.copytree(ROOT / "content", folder)
    told = CliRunner().invoke(portal, [*GIVEN, str(folder)])
    assert told.exit_code == 0, told.output
    assert "留存在" in told.output
    return folder


@pytest.fixture(scope="module")
def site(content):
    catalogue = load_all([content], [])
    return catalogue, site_app(catalogue).test_client()


def test_every_page_of_a_former_edition_says_so_and_leads_to_todays(site):
    catalogue, client = site
    paths = [*former_paths(catalogue)]
    assert len(paths) == 1 + len(catalogue.guide) + 1
    for path in paths:
        text = client.get(path).text
        assert "这是第三届阳泉市质量奖的内容，只供查阅" in text
        main = text[text.index("<main") :]
        inside = set(re.findall(r'href="(/(?:guide|faq|downloads)/[^"]*)"', main))
        assert inside <= {"/guide/", "/faq/", "/downloads/"}, path


def test_todays_pages_lead_to_those_of_former_editions(site):
    _, client = site
    for path in ("/guide/", "/faq/", "/downloads/"):
        assert 'href="/former/third/">第三届</a>' in client.get(path).text


def test_the_forms_of_a_former_edition_can_be_downloaded(site):
    catalogue, client = site
    one = next(iter(former_file_paths(catalogue)))
    assert client.get(one).data == client.get(one.replace("/former/third", "")).data
    assert client.get("/former/third/downloads/none.pdf").status_code == 404
    assert client.get("/former/fourth/").status_code == 404


def test_what_is_kept_of_no_edition_is_named(content, tmp_path):
    folder = tmp_path / "content"
    shutil.copytree(content, folder)
    (folder / "former" / "third").rename(folder / "former" / "second")
    found = CliRunner().invoke(
        portal, ["lint", "--content", str(folder), "--notices", str(tmp_path)]
    )
    assert "没有届次“second”" in found.output
