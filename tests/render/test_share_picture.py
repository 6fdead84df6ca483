"""The share picture: the same bytes for the same notice, quick, and never wider than its frame."""

import io
from dataclasses import replace

import pytest
from PIL import Image

from portal.render.notice.share_picture import HEIGHT, WIDTH, share_picture
from tests.showcase import showcase


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    return showcase(tmp_path_factory.mktemp("share"))


def opened(data):
    return Image.open(io.BytesIO(data)).convert("RGB")


def test_the_picture_has_the_size_messengers_want_and_repeats(catalogue):
    notice = catalogue.by_slug["demo-2-kuangqu"]
    first = share_picture(notice, catalogue)
    assert first == share_picture(notice, catalogue)
    assert opened(first).size == (WIDTH, HEIGHT)
    assert len(first) < 60_000


@pytest.mark.parametrize("length", [1, 20, 60, 200])
def test_a_title_of_any_length_stays_inside_the_frame(catalogue, length):
    notice = replace(catalogue.by_slug["demo-2-kuangqu"], title="质" * length)
    picture = opened(share_picture(notice, catalogue))
    right = picture.crop((WIDTH - 40, 140, WIDTH, HEIGHT - 150))
    assert {color for _, color in right.getcolors()} == {(255, 255, 255)}
    # Below the facts stands the ridge alone, which is light.
    bottom = picture.convert("L").crop((0, HEIGHT - 40, WIDTH, HEIGHT))
    assert bottom.getextrema()[0] > 180


def test_it_bears_the_mark_of_the_site(catalogue):
    picture = opened(share_picture(catalogue.by_slug["demo-2-kuangqu"], catalogue))
    drawn = picture.crop((72, 56, 148, 132))
    red = sum(count for count, (r, g, b) in drawn.getcolors() if r > 120 and g < 90 and b < 90)
    assert 600 < red < 2400  # lines, not a disc
    assert drawn.getpixel((0, 0)) == (255, 255, 255)


def test_another_title_gives_another_picture(catalogue):
    notice = catalogue.by_slug["demo-2-kuangqu"]
    other = replace(notice, title="另一个标题")
    assert share_picture(notice, catalogue) != share_picture(other, catalogue)
