"""Fonts: which characters the documents can print, without opening a font for ordinary texts."""

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from hypothesis import given
from hypothesis import strategies as st

from portal.content import fonts


@given(st.text(max_size=40))
def test_the_quick_answer_is_that_of_the_font(text):
    known = fonts.covered()
    printed = [c for c in text if c.isprintable() and not c.isspace()]
    missing = set(fonts.missing_glyphs("".join(printed)))
    assert missing == {c for c in printed if ord(c) not in known}


def test_what_is_taken_to_be_common_is_in_the_font():
    common = [chr(c) for c in (*range(0x20, 0x7F), *range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    common += [chr(c) for c in (*range(0x3001, 0x3020), *range(0xFF01, 0xFF5F))]
    assert [c for c in common if ord(c) not in fonts.covered()] == []


def test_a_font_that_an_office_adds_gives_its_characters(tmp_path, monkeypatch):
    """docs/documents.md: a font file in fonts/ is put beside the others by make setup."""
    for file in fonts.FONTS.iterdir():
        if file.is_file():
            (tmp_path / file.name).symlink_to(file)
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "rare"])
    builder.setupCharacterMap({0x2EBF0: "rare"})
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "rare": TTGlyphPen(None).glyph()})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "rare": (1000, 0)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Rare Names", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    (tmp_path / fonts.ADDED).mkdir()
    builder.save(tmp_path / fonts.ADDED / "rare.ttf")
    monkeypatch.setattr(fonts, "FONTS", tmp_path)
    for cached in (fonts.covered, fonts.added_families):
        cached.cache_clear()
    try:
        assert fonts.missing_glyphs("张\U0002ebf0") == []
        assert fonts.added_families() == ("Rare Names",)
    finally:
        monkeypatch.undo()
        for cached in (fonts.covered, fonts.added_families):
            cached.cache_clear()
    assert fonts.missing_glyphs("张\U0002ebf0") == ["\U0002ebf0"]
