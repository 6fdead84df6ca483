"""Pages that fail are named, all of them, and the others are still tried."""

import os

import pytest
from flask import Flask, abort, redirect
from flask_frozen import Freezer

from portal.errors import BuildError
from portal.freezer.artifacts import Artifact, file_of
from portal.freezer.pages.freezing import SiteFreezer
from portal.freezer.processes.pool import batches, run


@pytest.fixture
def app():
    app = Flask(__name__, static_folder=None)

    @app.get("/")
    def home():
        return "首页"

    @app.get("/中文/")
    def chinese():
        return "中文"

    @app.get("/broken/")
    def broken():
        raise RuntimeError("坏了")

    @app.get("/missing/")
    def missing():
        abort(404)

    @app.get("/moved/")
    def moved():
        return redirect("/")

    return app


def artifacts(urls):
    return [Artifact(url, "html") for url in urls]


def test_each_failing_url_is_named_and_the_rest_is_written(app, tmp_path):
    freezer = SiteFreezer(app, tmp_path, "https://portal.test")
    begun = []
    urls = ["/broken/", "/", "/missing/", "/moved/", "/中文/"]
    outcome = {a.url: error for a, error in freezer.write(artifacts(urls), begun.append)}
    assert begun == urls
    assert {url for url, error in outcome.items() if error} == {"/broken/", "/missing/", "/moved/"}
    assert "坏了" in str(outcome["/broken/"])
    assert (tmp_path / "index.html").read_text(encoding="utf-8") == "首页"
    assert (tmp_path / "中文" / "index.html").read_text(encoding="utf-8") == "中文"


def test_a_sub_path_is_part_of_links_and_not_of_file_names(app, tmp_path):
    from flask import url_for

    app.add_url_rule("/links/", "links", lambda: url_for("home"))
    freezer = SiteFreezer(app, tmp_path, "https://portal.test/award")
    assert [error for _, error in freezer.write(artifacts(["/links/"]), lambda _: None)] == [None]
    assert (tmp_path / "links" / "index.html").read_text(encoding="utf-8") == "/award/"


def test_a_file_is_where_the_library_would_put_it_whatever_its_name(app, tmp_path):
    @app.get("/files/<path:name>")
    def file(name):
        return name

    urls = ["/files/附件 一.txt", "/files/100%.csv", "/files/a?b#c.txt", "/中文/", "/"]
    freezer = SiteFreezer(app, tmp_path, "https://portal.test")
    assert all(error is None for _, error in freezer.write(artifacts(urls), lambda _: None))
    for url in urls:
        assert file_of(url) == Freezer.urlpath_to_filepath(freezer, url)
        assert (tmp_path / file_of(url)).is_file()


def double():
    return lambda batch, tell: [2 * int(item) for item in batch]


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_every_batch_is_worked_on_once(jobs):
    items = [str(number) for number in range(50)]
    results = [n for found in run(double, batches(items, 7), jobs) for n in found]
    assert sorted(results) == [2 * number for number in range(50)]


def dying():
    def work(batch, tell):
        for item in batch:
            tell(item)
            if item == "/notices/13/":
                os._exit(9)
        return batch

    return work


def test_the_page_at_which_a_worker_died_is_named():
    items = [f"/notices/{number}/" for number in range(30)]
    with pytest.raises(BuildError, match="/notices/13/"):
        list(run(dying, batches(items, 5), 2))
