"""What the read-only site needs to be told besides its catalogue and its clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class SiteOptions:
    """Settings of the site app.

    `objections_url` is the prefix under which the objection form lives; None means that the form is
    not offered and pages show the written channel. `development` adds the style guide.
    `search_folder` is where the live search keeps its index; None means that it reads every text.
    `search_files` gives the static site's search data by name; None means that there are none.
    `preview` marks every page 预览: what it shows nobody has signed.
    `formats` are the groups of formats that will be there; notices offer no others. None means all.
    """

    base_url: str
    objections_url: str | None = None
    development: bool = False
    search_folder: Path | None = None
    search_files: Callable[[str], bytes | None] | None = None
    formats: frozenset[str] | None = None
    preview: bool = False

    def gives(self, group: str) -> bool:
        """Whether a group of formats will be there, so that pages may lead to it."""
        return self.formats is None or group in self.formats

    @property
    def root(self) -> str:
        """Path of the site on its host, without the last slash: the start of every link."""
        return urlsplit(self.base_url).path.rstrip("/")
