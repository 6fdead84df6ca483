"""Settings of keys: which are made, and by which cryptographic module."""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portal.casework.key_store import SUITE_WORDS, KeyStore
from portal.config.common import text
from portal.config.wrong_settings import refuse
from portal.sealed.suites import AGE, suite_named

if TYPE_CHECKING:
    from pathlib import Path

    from portal.sealed.sm_keys import SmModule
    from portal.sealed.suites import Suite


def _suite() -> Suite:
    given = text("PORTAL_KEY_SUITE") or SUITE_WORDS[AGE.name]
    found = [name for name, word in SUITE_WORDS.items() if word == given]
    if not found:
        words = " 或者 ".join(SUITE_WORDS.values())
        return refuse("PORTAL_KEY_SUITE", f"应为 {words}，现为“{given}”", AGE)
    return suite_named(found[0])


def _module() -> SmModule | None:
    """What a function without arguments gives, named as `package.module:function`."""
    given = text("PORTAL_KEY_MODULE")
    if not given:
        return None
    place, _, name = given.partition(":")
    try:
        made: SmModule = getattr(importlib.import_module(place), name)()
    except Exception as error:  # noqa: BLE001 - it is somebody else's program
        words = f"的“{given}”不能使用，应为 包.模块:函数：{error}"
        return refuse("PORTAL_KEY_MODULE", words, None)
    return made


@dataclass(frozen=True)
class KeySettings:
    """Environment: PORTAL_KEY_SUITE (age or sm2: what `portal keys` makes), PORTAL_KEY_MODULE.

    Existing keys are used as they are, whatever is set here.
    """

    suite: Suite = field(default_factory=_suite)
    module: SmModule | None = field(default_factory=_module, repr=False)

    def store(self, root: Path) -> KeyStore:
        """The folder of all keys."""
        return KeyStore(root, self.suite, self.module)
