"""Pages that answer a form stand at addresses of their own, for one browser and a while."""

import pytest
from flask import Flask, redirect, request, session

from portal.web.shown_again import SPAN, PageFolder, ShownAgain, init_shown_again

WORD = "金丝雀-看过的页面"


@pytest.fixture
def clock():
    return [1_000_000.0]


@pytest.fixture
def owner():
    return [""]


@pytest.fixture
def app(tmp_path, clock, owner):
    app = Flask(__name__)
    app.secret_key = "x"
    pages = ShownAgain(PageFolder(tmp_path / "shown"), lambda: clock[0], lambda: owner[0])
    init_shown_again(app, pages)

    @app.get("/form")
    def form():
        session.setdefault("csrf_token", request.args.get("secret", "a secret"))
        return "the form"

    @app.post("/form")
    def answer():
        return WORD, 422, {"Retry-After": "60"}

    @app.get("/cases/1/")
    def case():
        return "the case"

    @app.post("/cases/1/step/accept")
    def step():
        return WORD, 409

    @app.post("/done")
    def done():
        return redirect("/form")

    @app.post("/data")
    def data():
        return {"word": WORD}

    return app


@pytest.fixture
def client(app):
    client = app.test_client()
    client.get("/form")
    return client


def test_the_answer_is_shown_by_its_own_address_with_its_code(client, tmp_path):
    moved = client.post("/form?step=2")
    assert (moved.status_code, moved.text) == (303, "")
    assert moved.location.startswith("/form?step=2&shown=")
    for _ in range(2):
        shown = client.get(moved.location)
        assert (shown.status_code, shown.text) == (422, WORD)
        assert shown.headers["Retry-After"] == "60"
        assert shown.headers["Cache-Control"] == "no-store"
    again = client.post(moved.location)
    assert again.location.count("shown=") == 1
    for path in (tmp_path / "shown").rglob("*"):
        assert path.is_dir() or WORD.encode() not in path.read_bytes()


def test_nobody_else_and_nobody_later_is_shown_it(app, client, clock, owner):
    address = client.post("/form").location
    other = app.test_client()
    other.get("/form?secret=another")
    assert other.get(address).text == "the form"
    owner[0] = "somebody who signed in"
    assert client.get(address).text == "the form"
    owner[0] = ""
    clock[0] += SPAN
    assert client.get(address).text == WORD
    clock[0] += SPAN
    assert client.get(address).text == "the form"


def test_an_address_that_takes_forms_alone_leads_up_when_its_page_is_gone(client, clock):
    address = client.post("/cases/1/step/accept").location
    assert client.get(address).status_code == 409
    clock[0] += 3 * SPAN
    assert client.get(address).location == "/cases/1/"


def test_redirects_data_scripts_and_browsers_without_cookies_are_left_alone(app, client):
    assert client.post("/done").location == "/form"
    assert client.post("/data").json == {"word": WORD}
    assert client.post("/form", headers={"Sec-Fetch-Mode": "cors"}).status_code == 422
    assert app.test_client().post("/form").text == WORD


def test_what_cannot_be_kept_is_answered_as_it_is_and_old_pages_go(client, tmp_path, clock):
    folder = tmp_path / "shown"
    client.post("/form")
    assert len(list(folder.glob("*/*"))) == 1
    clock[0] += 5 * SPAN
    client.post("/form")
    assert len(list(folder.glob("*/*"))) == 1
    current = next(folder.iterdir())
    for path in current.iterdir():
        path.unlink()
    current.rmdir()
    folder.rmdir()
    folder.write_text("a file in the place of the folder")
    assert client.post("/form").text == WORD


@pytest.mark.parametrize("path", ["/a%0d%0aSet-Cookie: x=1", "/%2felsewhere.example/", "/表"])
def test_whatever_the_path_the_answer_stays_here_and_in_one_line(app, path):
    app.post("/<any>", endpoint="one")(lambda any: WORD)  # noqa: A006
    app.post("/<path:any>", endpoint="more")(lambda any: WORD)  # noqa: A006
    browser = app.test_client()
    browser.get("/form")
    moved = browser.post(path)
    where = moved.headers["Location"]
    assert where.startswith("/")
    assert not where.startswith("//")
    assert "x=1" not in moved.headers.get("Set-Cookie", "")
