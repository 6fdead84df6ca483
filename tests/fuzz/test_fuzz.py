"""A short run of each target; `python -m tests.fuzz --minutes 10` goes on with other seeds."""

import pytest

from portal.casework.safety import inspect
from tests.fuzz.contents import samples
from tests.fuzz.targets import TARGETS

COUNTS = {"attachments": 150, "desk": 600, "envelopes": 150, "lists": 40, "notices": 25}


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_nothing_fails(name, tmp_path):
    found = [f"{f.what}\n{f.trace}" for f in TARGETS[name].run(tmp_path, 1, COUNTS.get(name, 600))]
    assert found == []


def test_the_examiners_still_work_afterwards(tmp_path):
    assert list(TARGETS["attachments"].run(tmp_path, 2, 30)) == []
    assert inspect("a.docx", samples()["a.docx"]).findings == ()
