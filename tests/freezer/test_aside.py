"""Work aside gives what it found as it is found, and says when it could not go on."""

import itertools
import os
import time

import psutil
import pytest

from portal.errors import BuildError
from portal.freezer.processes.aside import Aside


def test_findings_come_one_by_one_while_the_rest_is_still_to_come():
    def work():
        yield "first"
        time.sleep(0.5)
        yield "second"

    aside = Aside(work)
    started = time.monotonic()
    assert aside
    assert next(iter(aside)) == "first"
    assert time.monotonic() - started < 0.5
    assert list(aside) == ["first", "second"]
    assert not Aside(list)


def test_what_it_raises_is_raised_here():
    def work():
        yield "first"
        raise BuildError("不能继续", ["/guide/"])

    aside = Aside(work)
    with pytest.raises(BuildError, match="不能继续") as caught:
        list(aside)
    assert caught.value.failures == ("/guide/",)


def test_a_process_that_dies_is_an_error_and_never_an_end():
    def work():
        yield "first"
        os.kill(os.getpid(), 9)

    with pytest.raises(BuildError, match="意外退出"):
        list(Aside(work))


def test_one_that_nobody_listens_to_ends():
    before = set(psutil.Process().children())  # other tests may have left theirs
    aside = Aside(lambda: itertools.repeat("again"))
    assert aside
    aside.close()
    aside.close()
    assert set(psutil.Process().children()) <= before
