"""Fonts are taken only when they are the right ones, byte for byte."""

import shutil

import pytest

from portal.content import font_fetching, fonts
from portal.errors import RequestError


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """An environment without fonts."""
    place = tmp_path / "share"
    monkeypatch.setattr(font_fetching, "FONTS", place)
    return place


def test_fonts_of_a_folder_are_taken_once_they_agree(empty, tmp_path):
    given = tmp_path / "given"
    given.mkdir()
    with pytest.raises(RequestError, match=r"缺少 FandolFang.*portal setup --fonts"):
        font_fetching.fetch_fonts(given)
    for name in fonts.FANDOL:
        shutil.copyfile(fonts.FONTS / name, given / name)
    data = (given / "FandolKai-Regular.otf").read_bytes()
    (given / "FandolKai-Regular.otf").write_bytes(data[:-1])
    with pytest.raises(RequestError, match=r"FandolKai.*SHA-256"):
        font_fetching.fetch_fonts(given)
    assert not font_fetching.have_fonts()
    assert list(empty.glob("Fandol*")) == []
    (given / "FandolKai-Regular.otf").write_bytes(data)
    font_fetching.fetch_fonts(given)
    assert font_fetching.have_fonts()
    assert {p.name for p in empty.glob("*.otf")} == set(fonts.FONT_FILES)


def test_without_apt_it_is_said_how_to_get_them(empty, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RequestError, match="CTAN"):
        font_fetching.fetch_fonts()


def test_added_fonts_are_those_of_the_folder(empty, tmp_path):
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts/rare.ttf").write_bytes(b"a font")
    (tmp_path / "fonts/readme.txt").write_bytes(b"none")
    assert font_fetching.take_added(tmp_path / "fonts") == 1
    assert [p.name for p in (empty / fonts.ADDED).iterdir()] == ["rare.ttf"]
    assert font_fetching.take_added(tmp_path / "gone") == 0
    assert not (empty / fonts.ADDED).exists()
