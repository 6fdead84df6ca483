"""A spreadsheet on its way to a draft's list: the file as it came, and what was answered about it.

    drafts/.imports/2026-dongshan-publicity/
        推荐表.xlsx  answers.json

It lies beside the drafts and not in them, since a draft is a notice folder and nothing else. The
import is read anew from the file and the answers each time; nothing else is kept of it.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.editorial.drafts import write_whole
from portal.errors import RequestError
from portal.importing.importer import import_list
from portal.sealed.dropbox import closed_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from portal.domain.awards import ListTerms
    from portal.domain.places import Site
    from portal.editorial.drafts import Draft, Drafts
    from portal.importing.asking import Reading

LARGEST = 20 * 1024 * 1024
_FOLDER, _ANSWERS = ".imports", "answers.json"
_MOST_ANSWERS, _LONGEST = 500, 500


@dataclass(frozen=True, slots=True)
class Pending:
    """A file that was handed in, the answers so far, and what both make."""

    name: str
    answers: Mapping[str, str]
    reading: Reading


@dataclass(frozen=True)
class ListImports:
    """The files handed in for the lists of drafts, at most one for each."""

    drafts: Drafts

    def _folder(self, slug: str) -> Path:
        return self.drafts.folder(slug).parent / _FOLDER / slug

    def hand_in(self, slug: str, name: str, data: bytes) -> None:
        """Keep a file in the place of the one before; RequestError for one that is too large."""
        if not data:
            raise RequestError(f"“{name}”是空的，请另选一个文件")
        if len(data) > LARGEST:
            raise RequestError(f"“{name}”超过{LARGEST // 1024 // 1024} MB；请只留名单再上传")
        folder = self._folder(slug)
        self.forget(slug)
        closed_folder(folder)
        write_whole(folder / name, data)
        write_whole(folder / _ANSWERS, b"{}")

    def answer(self, slug: str, given: Mapping[str, str]) -> None:
        """Add answers to those given before; an empty one takes the earlier one back."""
        folder = self._folder(slug)
        answers = {**_answers(folder), **{key: text[:_LONGEST] for key, text in given.items()}}
        answers = {key: text for key, text in answers.items() if text.strip()}
        if len(answers) > _MOST_ANSWERS:
            raise RequestError("回答太多了：请整理好表格再上传")
        write_whole(folder / _ANSWERS, json.dumps(answers, ensure_ascii=False).encode())

    def pending(self, slug: str, site: Site, terms: ListTerms) -> Pending | None:
        """What the file and the answers make; RequestError says why it cannot be read."""
        folder = self._folder(slug)
        files = [path for path in folder.glob("*") if path.name != _ANSWERS]
        if len(files) != 1:
            return None
        answers = _answers(folder)
        return Pending(files[0].name, answers, import_list(files[0], site, answers, terms=terms))

    def take(self, slug: str, seen: str, pending: Pending) -> Draft:
        """Make it the list of the draft; RequestError while a question is open."""
        if pending.reading.questions:
            raise RequestError("还有问题没有回答，名单没有写入")
        return self.drafts.save_list(slug, seen, pending.reading.data)

    def forget(self, slug: str) -> None:
        """Put the file away."""
        shutil.rmtree(self._folder(slug), ignore_errors=True)


def _answers(folder: Path) -> dict[str, str]:
    try:
        found = json.loads((folder / _ANSWERS).read_bytes())
    except (OSError, ValueError):
        return {}
    return {str(key): str(text) for key, text in found.items()}
