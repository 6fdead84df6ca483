"""Style sheets and scripts are served smaller than they are written, and say the same."""

import gzip
import re

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.states import State
from portal.web.assets import LICENCE, STATIC, Assets, init_assets, squeeze_css, squeeze_js
from portal.web.script_constants import with_constants

NAMES = st.sampled_from(["a", "a:hover", ".b > .c", "p, q", "@media (width > 3em)"])
VALUES = st.sampled_from(["red", "1px solid var(--line)", "calc(1rem - 2px)", '"、"', "0 0 1fr"])
RULES = st.lists(st.tuples(NAMES, st.lists(st.tuples(st.just("x"), VALUES), max_size=3)))


def tokens(css):
    """What a style sheet says: its text without comments, spaces and last semicolons."""
    return re.sub(r"\s+", "", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)).replace(";}", "}")


@given(RULES)
def test_squeezing_a_style_sheet_keeps_its_meaning(rules):
    css = "/* note */\n".join(
        f"{name} {{\n  {' '.join(f'{p}: {v};' for p, v in body)}\n}}\n" for name, body in rules
    )
    small = squeeze_css(css)
    assert tokens(small) == tokens(css)
    assert len(small) <= len(css)
    # Spaces that separate values and selectors stay.
    assert small.count("1px solid var") == css.count("1px solid var")
    assert small.count("1rem - 2px") == css.count("1rem - 2px")


def test_our_own_files_survive():
    for path in STATIC.glob("*.css"):
        css = path.read_text(encoding="utf-8")
        assert tokens(squeeze_css(css)) == tokens(css), path.name
    ours = [p for p in STATIC.rglob("*.js") if not p.read_bytes().startswith(LICENCE)]
    for path in ours:
        assert "`" not in re.sub(r"`[^`\n]*`", "", squeeze_js(path.read_text(encoding="utf-8"))), (
            f"{path.name}: a template string may not span lines"
        )


def test_what_others_wrote_is_served_byte_for_byte():
    assets = Assets("/x")
    others = [p for p in STATIC.rglob("*.js") if p.read_bytes().startswith(LICENCE)]
    assert {"age.js", "sm.js", "altcha-pbkdf2.js"} <= {path.name for path in others}
    for path in others:
        assert assets.read(assets.url(path.name).rpartition("/")[2]) == path.read_bytes()


def test_an_address_changes_with_the_content_and_only_then(tmp_path):
    file = tmp_path / "a.css"
    file.write_text("a { color: red }")
    first = Assets("/x", [tmp_path]).url("a.css")
    assert first == Assets("/x", [tmp_path]).url("a.css")
    assert first.startswith("/x/static/a.")
    file.write_text("a { color: blue }")
    assert Assets("/x", [tmp_path]).url("a.css") != first


def test_who_asks_for_compressed_files_gets_the_same_text_in_less(tmp_path):
    css = "a { color: red }\n" * 99
    (tmp_path / "a.css").write_text(css)
    (tmp_path / "a.png").write_bytes(b"\x89PNG picture")
    app = Flask(__name__)
    init_assets(app, assets := Assets("", [tmp_path]))
    client = app.test_client()
    packed = {"Accept-Encoding": "br, gzip"}
    plain = client.get(assets.url("a.css"))
    small = client.get(assets.url("a.css"), headers=packed)
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert len(small.data) < len(plain.data)
    assert small.headers["ETag"] != plain.headers["ETag"]
    assert {plain.headers["Vary"], small.headers["Vary"]} == {"Accept-Encoding"}
    assert "Content-Encoding" not in plain.headers
    refused = client.get(assets.url("a.css"), headers={"Accept-Encoding": "gzip;q=0"})
    assert refused.data == plain.data
    assert "Content-Encoding" not in client.get(assets.url("a.png"), headers=packed).headers
    assert client.get("/static/none.css", headers=packed).status_code == 404


def test_scripts_know_what_python_knows():
    scripts = [path.read_text(encoding="utf-8") for path in STATIC.rglob("*.js")]
    assert any("KNOWN_STATES" in script for script in scripts)
    assets = Assets("")
    served = {name.split(".")[0]: assets.read(name) for name in map(name_of, assets.paths)}
    assert all(b"KNOWN_" not in data for data in served.values())
    for state in (State.OPEN, State.CLOSED):
        assert f'"{state}":"{state.label}"'.encode() in served["site"]
    with pytest.raises(KeyError):
        with_constants("KNOWN_UNKNOWN")


def name_of(path):
    return path.removeprefix("/static/")
