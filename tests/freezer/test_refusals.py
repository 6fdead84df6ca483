"""A disk that is full, read-only or damaged: the old site stays and a sentence says what to do."""

import errno
import os
import random
import resource

import pytest

from portal.errors import BuildError
from portal.freezer.refusals import refusal
from tests.freezer.building import CALL, NOW, SITE, bench, differences


def limited(size, act):
    """What an act says in a process none of whose files may grow beyond a size."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child:
        os.close(theirs)
        with os.fdopen(ours, encoding="utf-8") as pipe:
            said = pipe.read()
        os.waitpid(child, 0)
        return said
    said = "另一种错误"
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        act()
        said = ""
    except BuildError as error:
        said = str(error)
    finally:
        os.write(theirs, said.encode())
        os._exit(0)


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("size", [0, 4_000, 20_000])
def test_a_disk_that_takes_no_more_is_told_in_words_and_the_site_stays(site_from, size, jobs):
    made = bench(site_from(SITE))
    made.build()
    before = made.files()
    said = limited(size, lambda: made.build(NOW, clean=True, jobs=jobs))
    assert "现有网站完好" in said
    assert "重新构建" in said
    assert "Error" not in said
    assert differences(made.files(), before) == []
    assert not made.out.with_name(f".{made.out.name}.next").exists()  # it gave the room back
    made.build()
    assert differences(made.files(), made.clean()) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
def test_each_trouble_of_a_disk_has_its_remedy(number):
    said = str(refusal(OSError(number, os.strerror(number), "/srv/构建")))
    assert "/srv/构建" in said
    assert "重新构建" in said
    assert os.strerror(number) not in said


def test_a_cache_that_others_can_write_to_is_not_read(site_from):
    made = bench(site_from(CALL))
    made.build()
    made.cache.chmod(0o777)
    assert made.build().full
    assert made.cache.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("kind", ["*.sqlite", "jinja/*"])
def test_a_damaged_cache_is_made_again(site_from, kind):
    """Whatever byte of a file was changed, the next build publishes what a clean one does."""
    made = bench(site_from(SITE))
    made.build()
    chance = random.Random(kind)
    page = made.tree.root / "notices" / "call" / "notice.md"
    for number in range(8):
        for path in made.cache.glob(kind):
            data = bytearray(path.read_bytes())
            for place in chance.sample(range(len(data)), k=min(len(data), 20)):
                data[place] ^= chance.randint(1, 255)
            path.write_bytes(data)
        text = page.read_text(encoding="utf-8")
        page.write_text(f"{text}\n第{number}次。\n", encoding="utf-8")
        made.build()
    assert differences(made.files(), made.clean()) == []
