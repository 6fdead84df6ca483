"""What the lint says about a draft laid over the tree: each finding beside its field."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from portal.content.files.fault_collector import Faults
from portal.content.files.frontmatter import split
from portal.content.notice.list_reader import read_table
from portal.content.notice.notice_folder import FILES, LIST, TEXT
from portal.errors import Issue, Severity, Stage
from portal.lint.checker import Checker
from portal.lint.repairs import repair
from portal.lint.run import lint

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from portal.content.files.frontmatter import FrontMatter
    from portal.content.notice.list_reader import ListTable
    from portal.editorial.drafts import Draft
    from portal.ledger.signing import SigningKey

BODY, HEADER, FILE = "body", "", "file"
_COMMAND = re.compile(r"\bportal [a-z]", re.ASCII)
_ALTERNATIVE = re.compile(r"，或[^，；。]*\bportal [a-z][^；。]*", re.ASCII)


@dataclass(frozen=True)
class LintedTree:
    """The tree that drafts are laid over, and what else the lint asks about.

    `kept` is the folder of the lint's cache, without which the whole tree is read for each draft;
    with a `seal` only what was kept under this secret is believed. `publication` is the folder of
    the cache that only publications use.
    """

    content: tuple[Path, ...]
    notices: tuple[Path, ...]
    holds: Path | None = None
    desk: str | None = None
    keyed: Callable[[str], bool] = lambda _: False
    checker: Checker = Checker()  # noqa: RUF009 - one without a command keeps nothing
    kept: Path | None = None
    publication: Path | None = None
    seal: bytes = b""

    def lint(self, draft: Path, now: datetime, stage: Stage) -> list[Issue]:
        """Everything the lint says with a draft's folder laid over the tree."""
        return lint(
            self.content,
            self.notices,
            stage=stage,
            holds=self.holds if self.holds and self.holds.exists() else None,
            desk=self.desk,
            now=now,
            keyed=self.keyed,
            checker=self.checker,
            drafts=[draft],
            kept=self.kept,
            seal=self.seal,
        )

    def strict(self, key: SigningKey | None) -> LintedTree:
        """What a publication asks: of what is kept only what this key's holder kept is believed.

        Who may write to the cache alone could give a list its standing; who has the key signs.
        """
        kept = self.publication if key else None
        return replace(self, kept=kept, seal=key.secret(b"lint cache") if key else b"")


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding with the field it is about: a key of the header, `body`, `list` or `file`.

    `row` counts the entries of the list from 1, 0 where the finding is about no entry; `column` is
    the list's column or the attachment's name; `line` counts from 1 in the field itself.
    """

    issue: Issue
    field: str
    row: int = 0
    column: str = ""
    line: int = 0

    @property
    def error(self) -> bool:
        """Whether it must be mended before the draft can be sent in."""
        return self.issue.severity is Severity.ERROR

    @property
    def remedy(self) -> str:
        """What to do about it at the desk, where nobody has a command line; may be empty."""
        sentences = re.split(r"(?<=[；。])", self.issue.remedy)
        kept = [_ALTERNATIVE.sub("", sentence) for sentence in sentences]
        return "".join(one for one in kept if not _COMMAND.search(one)).strip("；。")

    @property
    def id(self) -> str:
        """Its name in a form that asks for a repair."""
        issue = self.issue
        about = hashlib.sha256(issue.message.encode()).hexdigest()[:8]
        return f"{issue.code}-{Path(issue.path).name}-{issue.line}-{issue.column}-{about}"


def check_draft(
    draft: Draft, around: LintedTree, now: datetime, stage: Stage = Stage.DRAFT
) -> list[Remark]:
    """Everything the lint says about a draft."""
    fields = _Fields(draft)
    return [fields.remark(issue) for issue in around.lint(draft.folder, now, stage)]


def mend_draft(draft: Draft, remarks: Sequence[Remark], wanted: str) -> bool:
    """Apply the repair of one remark by its id; False where it no longer fits."""
    chosen = [remark.issue for remark in remarks if remark.id == wanted]
    inside = [issue for issue in chosen if Path(issue.path).is_relative_to(draft.folder)]
    return bool(repair(inside))


class _Fields:
    """The fields of a draft by their places in its files."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    @cached_property
    def _matter(self) -> FrontMatter | None:
        return split(self._draft.text.replace("\r\n", "\n"), Faults(TEXT))

    @cached_property
    def _table(self) -> ListTable | None:
        data = self._draft.list_bytes
        return read_table(data, Faults(LIST)) if data else None

    def remark(self, issue: Issue) -> Remark:
        """An issue with its field."""
        path = Path(issue.path)
        if path == self._draft.folder / TEXT:
            return self._in_text(issue)
        if path == self._draft.folder / LIST:
            return self._in_list(issue)
        if path.parent.name == FILES:
            return Remark(issue, FILE, column=path.name)
        return Remark(issue, HEADER)

    def _in_text(self, issue: Issue) -> Remark:
        matter = self._matter
        if matter is None:
            return Remark(issue, HEADER)
        if issue.line >= matter.body_line:
            return Remark(issue, BODY, line=issue.line - matter.body_line + 1)
        before = [
            (place, key) for key, place in matter.places.items() if place[0] <= issue.line != 1
        ]
        key = max(before)[1] if before else HEADER
        return Remark(issue, key.partition(".")[0])

    def _in_list(self, issue: Issue) -> Remark:
        table = self._table
        if table is None:
            return Remark(issue, "list")
        numbers = [n for n, row in enumerate(table.rows, 1) if row.line <= issue.line]
        row = max(numbers, default=0) if issue.line > 1 else 0
        columns = [
            name for name in table.header if table.place(issue.line, name)[1] <= issue.column
        ]
        return Remark(issue, "list", row, columns[-1] if columns and row else "")
