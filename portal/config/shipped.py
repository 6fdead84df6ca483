"""The texts that came with the program: beside it in the repository, or in the wheel."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import portal

_NAME = "quality-award-portal"
_MARK = "share/portal/content/site.toml"


def shipped_texts() -> Path | None:
    """The folder that has content/ and notices/ as they were shipped; None where it has neither."""
    here = Path(portal.__file__).parents[1]
    if (here / "content" / "site.toml").is_file() and (here / "pyproject.toml").is_file():
        return here
    try:
        files = distribution(_NAME).files or []
    except PackageNotFoundError:
        return None
    for file in files:
        if file.as_posix().endswith(_MARK):
            return Path(str(file.locate())).resolve().parents[1]
    return None
