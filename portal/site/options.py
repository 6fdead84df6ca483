"""What the read-only site needs to be told besides its catalogue and its clock."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class SiteOptions:
    """Settings of the site app.

    `objections_url` is the prefix under which the objection form lives; None means that the form is
    not offered and pages show the written channel. `development` adds the style guide.
    """

    base_url: str
    objections_url: str | None = None
    development: bool = False

    @property
    def root(self) -> str:
        """Path of the site on its host, without the last slash: the start of every link."""
        return urlsplit(self.base_url).path.rstrip("/")
