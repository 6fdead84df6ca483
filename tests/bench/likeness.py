"""Whether both builders built the same site: files and bytes of each kind of page, side by side.

A comparison of speed means nothing between sites of different size, so the benchmark stops where
they differ: the number of files not at all, their bytes by no more than markup's white space and
the ways of escaping it. The portal's fixed pages (guide, self-check, downloads and so on), its
static files and the sitemap that lists them have no counterpart and are only counted.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

TOLERANCE = 0.05
# Feeds stand in a folder of their own in the portal, beside their list in Hugo.
_KINDS = (
    ("feeds", re.compile(r"feeds/.+|notices/(.+/)?feed\.(rss\.xml|atom\.xml|json)")),
    ("lists", re.compile(r"notices/((page|kind|county|edition|year|state)/.+/)?index\.html")),
    ("notices", re.compile(r"notices/[^/]+/index\.html")),
)
_OTHER = "other"


class DifferentSitesError(Exception):
    """The builders did not build the same site."""


@dataclass(frozen=True)
class Likeness:
    """One kind of page in both sites."""

    kind: str
    portal_files: int
    hugo_files: int
    portal_bytes: int
    hugo_bytes: int

    @property
    def ratio(self) -> float:
        """Hugo's bytes by the portal's."""
        return self.hugo_bytes / self.portal_bytes if self.portal_bytes else 1.0

    @property
    def is_same(self) -> bool:
        """Whether the kind may be compared."""
        return self.kind == _OTHER or (
            self.portal_files == self.hugo_files and abs(self.ratio - 1) <= TOLERANCE
        )

    @property
    def cells(self) -> tuple[str, ...]:
        """The line of a table."""
        megabytes = (f"{count / 1e6:.2f}" for count in (self.portal_bytes, self.hugo_bytes))
        files = (f"{count:,}" for count in (self.portal_files, self.hugo_files))
        ratio = "" if self.kind == _OTHER else f"{self.ratio:.3f}"
        return (self.kind, *files, *megabytes, ratio)


HEADER = ("kind", "portal files", "Hugo files", "portal MB", "Hugo MB", "Hugo ÷ portal, bytes")


def compare(portal: Path, hugo: Path) -> tuple[Likeness, ...]:
    """Both sites by kind; raises DifferentSitesError with the table where they are not alike."""
    counted = [_extent(folder) for folder in (portal, hugo)]
    kinds = dict.fromkeys([*(kind for kind, _ in _KINDS), _OTHER])
    found = tuple(
        Likeness(kind, *(files[kind] for files, _ in counted), *(size[kind] for _, size in counted))
        for kind in kinds
    )
    if not all(line.is_same for line in found):
        table = "\n".join(print_lines(found))
        raise DifferentSitesError(f"the builders did not build the same site:\n{table}")
    return found


def print_lines(lines: Sequence[Likeness]) -> Iterator[str]:
    """The comparison for a terminal."""
    for cells in (HEADER, *(line.cells for line in lines)):
        yield "  ".join(f"{cell:>13}" for cell in cells)


def _extent(folder: Path) -> tuple[Counter[str], Counter[str]]:
    """Number of files and of bytes of each kind; the portal's folder is a link to the site."""
    root = folder.resolve()
    files: Counter[str] = Counter()
    size: Counter[str] = Counter()
    for path in root.rglob("*"):
        if path.is_file():
            kind = _kind(path.relative_to(root).as_posix())
            files[kind] += 1
            size[kind] += path.stat().st_size
    return files, size


def _kind(path: str) -> str:
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(path)), _OTHER)
