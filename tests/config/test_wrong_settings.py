"""However wrong a setting is, it is refused by its name, and can be read around."""

import os
import re
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.config.build_settings import BuildSettings
from portal.config.desk_settings import DeskSettings
from portal.config.public_settings import PublicSettings
from portal.config.watch_settings import WatchSettings
from portal.config.wrong_settings import gathered
from portal.errors import RequestError
from tests import program

NAMES = sorted(
    set(re.findall(r"PORTAL_[A-Z_]*[A-Z]", (program.ROOT / "docs/settings.md").read_text()))
)
EVERY = (PublicSettings, DeskSettings, WatchSettings, BuildSettings)
JUNK = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), JUNK, max_size=4))
@example({"PORTAL_LIMIT_ALL": "9" * 5000, "PORTAL_PROXIES": "²"})
@example(dict.fromkeys(NAMES, "“ 'nonsense"))
def test_what_is_wrong_is_refused_by_its_name_and_all_of_it_is_gathered(given_values):
    with patch.dict(os.environ, given_values):
        with gathered() as faults:
            read = [kind() for kind in EVERY]
        assert read[0].paths.state == Path(given_values.get("PORTAL_STATE", "var"))
        assert set(faults) <= set(given_values)
        if faults:
            with pytest.raises(RequestError, match="|".join(faults)):
                [kind() for kind in EVERY]
        else:
            assert [kind() for kind in EVERY]
    with patch.dict(os.environ, {n: v for n, v in given_values.items() if n not in faults}):
        assert [kind() for kind in EVERY], "nothing but what was told was wrong"
