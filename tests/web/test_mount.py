"""A site below a path answers there, behind servers of either habit."""

import pytest
from flask import Flask

from portal.web.mount import Mounted


@pytest.fixture
def client():
    app = Flask(__name__)
    app.add_url_rule("/", "home", lambda: "home")
    app.add_url_rule("/award/", "inner", lambda: "inner")
    app.add_url_rule("/notices/<slug>/", "notice", lambda slug: slug)
    app.wsgi_app = Mounted(app.wsgi_app, "/award")
    return app.test_client()


@pytest.mark.parametrize("prefix", ["/award", ""])
def test_pages_answer_with_the_root_and_without(client, prefix):
    assert client.get(f"{prefix}/").text == "home"
    assert client.get(f"{prefix}/notices/a/").text == "a"
    assert client.get(f"{prefix}/nothing").status_code == 404


@pytest.mark.parametrize("prefix", ["/award", ""])
def test_redirects_stay_below_the_root(client, prefix):
    assert client.get(f"{prefix}/notices/a").location.endswith("/award/notices/a/")


def test_a_path_that_only_begins_alike_is_another(client):
    assert client.get("/awards/").status_code == 404
    assert client.get("/award").text == "home"
