"""A build that is stopped at whatever instant leaves the old site or the new one, and heals."""

import random
import shutil
from functools import partial

import pytest

from tests.freezer.building import NOW, SITE, bench, differences
from tests.freezer.stopping import SIGNALS, run

STOPS = 3


def edit(made, text):
    page = made.tree.root / "notices" / "yuxian-list" / "notice.md"
    page.write_text(page.read_text(encoding="utf-8") + f"\n{text}。\n", encoding="utf-8")


def settings(made):
    path = made.tree.root / "content" / "site.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('name = "', 'name = "新', 1), encoding="utf-8")


def program(made):
    """The record is of another program."""
    import sqlite3

    [record] = made.cache.glob("*.sqlite")
    with sqlite3.connect(record) as db:
        db.execute("UPDATE meta SET value = 'another' WHERE key = 'program'")
    db.close()


def damaged(made):
    (made.out / "index.html").write_text("改过的首页", encoding="utf-8")


REASONS = {
    "clean": lambda _: None,
    "settings": settings,
    "program": program,
    "damaged": damaged,
    "edited": partial(edit, text="被打断的改动"),
}


@pytest.mark.parametrize("reason", REASONS)
def test_what_follows_a_stopped_build_is_the_whole_site(site_from, reason):
    made = bench(site_from(SITE))
    chance = random.Random(reason)
    act = partial(made.build, NOW, clean=reason == "clean")
    made.build()
    REASONS[reason](made)
    touches = run(act)
    assert touches > 20
    for number in range(STOPS):
        edit(made, f"第{number}次")
        made.build()  # a second folder that the record knows
        edit(made, f"又第{number}次")
        made.build()
        whole = len(made.files())
        REASONS[reason](made)
        run(act, chance.randint(1, touches), SIGNALS[number % len(SIGNALS)])
        assert len(made.files()) == whole
        made.build()
        assert differences(made.files(), made.clean()) == [], number
        shutil.rmtree(made.cache.with_name("clean-cache"))


def test_a_second_folder_that_lost_files_is_not_trusted(site_from):
    made = bench(site_from(SITE))
    for text in ("一", "二"):
        made.build()
        edit(made, text)
    made.build()
    second = made.out.with_name(f".{made.out.name}.next")
    (second / "robots.txt").unlink()
    edit(made, "三")
    assert made.build().full == ""
    assert differences(made.files(), made.clean()) == []
    (second / "extra.html").write_text("多出的文件", encoding="utf-8")
    edit(made, "四")
    assert made.build().full == ""
    assert differences(made.files(), made.clean()) == []
