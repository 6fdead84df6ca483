"""The files of an annex: Word to fill in, PDF to print.

For the site: `annex_files(annex)` gives both files of one version with name, size and SHA-256, for
the downloads page and for the route `/downloads/<filename>`; `all_annex_files(catalogue.annexes)`
gives those of every version ever published, by file name.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.content.annex.annexes import Annex


@dataclass(frozen=True, slots=True)
class AnnexFile:
    """One file. `title` is what a saved copy should be called, without its ending."""

    format: str
    filename: str
    media_type: str
    title: str
    content: bytes
    sha256: str

    @property
    def size(self) -> int:
        """Size in bytes."""
        return len(self.content)


# Annex is hashable by its whole definition; rendering takes a tenth of a second, asking none.
@lru_cache(maxsize=64)
def annex_files(annex: Annex) -> tuple[AnnexFile, ...]:
    """Word and PDF of one version: the same definition gives the same bytes."""
    # Loaded when it is asked for: a build that only renders pages starts without it.
    from portal.render.annex.annex_docx import annex_docx
    from portal.render.annex.annex_pdf import annex_pdf
    from portal.render.word import MEDIA_TYPE

    stem = f"{annex.slug}-{annex.version}"
    title = f"{annex.name}（第{annex.version}版）"
    files = (
        ("Word", f"{stem}.docx", MEDIA_TYPE, annex_docx(annex)),
        ("PDF", f"{stem}.pdf", "application/pdf", annex_pdf(annex)),
    )
    return tuple(
        AnnexFile(label, filename, media, title, content, hashlib.sha256(content).hexdigest())
        for label, filename, media, content in files
    )


def annex_filenames(annexes: Iterable[Annex]) -> tuple[str, ...]:
    """File names of every version, without rendering any."""
    return tuple(
        f"{version.slug}-{version.version}.{suffix}"
        for annex in annexes
        for version in annex.versions
        for suffix in ("docx", "pdf")
    )


def all_annex_files(annexes: Iterable[Annex]) -> dict[str, AnnexFile]:
    """Every file of every version by its name."""
    return {
        file.filename: file
        for annex in annexes
        for version in annex.versions
        for file in annex_files(version)
    }
