"""Content drafts: one file of content/ each, being written beside what stood there when it began.

    drafts/.content/content_guide_04-conditions/
        text/04-conditions.md       what is to stand there
        before/04-conditions.md     what stood there; missing where the file is new

Both are part of the sum that each act names: who approves a text approves what it takes the place
of. A save names the sum of what its writer had read. A form's former version is kept, and what else
is written with a file follows from the draft alone (`outcome`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.content.content_files import (
    AWARDS,
    CONTENT_NAME,
    EARLIER,
    content_files,
    edition_file,
)
from portal.content.former_editions import FORMER
from portal.domain.identifiers import SLUG
from portal.editorial.approved_text import seen_digest
from portal.editorial.drafts import write_whole
from portal.editorial.next_edition import keep_former, next_edition
from portal.errors import PortalError, RequestError
from portal.sealed.dropbox import closed_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date
    from pathlib import Path

    from portal.content.content_files import ContentFile
    from portal.domain.editions import Edition
    from portal.domain.notice import Kind
    from portal.editorial.drafts import Drafts

TEXT, BEFORE = "text", "before"
LONGEST = 100_000
"""Characters of a file that can be edited at the desk."""

_VERSION = re.compile(r"^(version\s*:\s*[\"']?)(\d+(?:\.\d+)*)", re.MULTILINE)
_CHANGES = re.compile(r"^changes\s*:.*(?:\n[ \t]+.*)*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ContentDraft:
    """A draft as it was read. `digest` is the sum of its files; `before` is None for a new file.

    `present` is what stands in content/ now, which may be another than `before`.
    """

    file: ContentFile
    folder: Path
    digest: str
    text: str
    before: str | None
    present: str | None

    @property
    def slug(self) -> str:
        """The name in the register, in addresses and of the folder."""
        return self.file.name

    @property
    def title(self) -> str:
        """What people call it."""
        return self.file.title

    @property
    def changed(self) -> bool:
        """Whether it says anything else than what stood there."""
        return self.text != self.before

    @property
    def overtaken(self) -> bool:
        """Whether the file was changed since the draft began."""
        return self.present != self.before

    def outcome(self) -> dict[str, bytes]:
        """What is written below content/ by path: of a form its former version first."""
        files = {**self._former(), self.file.path: self.text.encode()}
        if not self.file.annex or self.before is None or not self.changed:
            return files
        version = version_of(self.before)
        stem = self.file.filename.rpartition(".")[0]
        return {f"{EARLIER}/{stem}-{version}.yml": self.before.encode(), **files}

    def _former(self) -> dict[str, bytes]:
        """What is kept of the edition before, with the file of the next one."""
        root = self.folder / FORMER
        found = sorted(path for path in root.rglob("*") if path.is_file())
        return {f"{FORMER}/{p.relative_to(root).as_posix()}": p.read_bytes() for p in found}


class NewerContentError(PortalError):
    """Somebody else saved in between; `current` is theirs, and nothing was written."""

    def __init__(self, current: ContentDraft) -> None:
        super().__init__("这份草稿在您打开之后已被他人保存过，您的改动没有写入")
        self.current = current


@dataclass(frozen=True)
class ContentDrafts:
    """The drafts of the files of one content folder; they share the lock of the notices' drafts."""

    drafts: Drafts
    home: Path
    kinds: Callable[[], Iterable[Kind]]

    def files(self) -> tuple[ContentFile, ...]:
        """Every file that can be edited, those of editions too that are only begun."""
        known = content_files(self.home, self.kinds())
        names = {file.name for file in known}
        begun = (self._edition(name) for name in self.slugs() if name not in names)
        return (*known, *(file for file in begun if file is not None))

    def find(self, name: str) -> ContentFile:
        """A file of the list, or that of an edition on its way; RequestError for any other."""
        for file in self.files():
            if file.name == name:
                return file
        if (edition := self._edition(name)) is not None:
            return edition
        raise RequestError("没有这一项内容")

    def title(self, name: str) -> str:
        """What people call a file; its name where it is gone."""
        return next((file.title for file in self.files() if file.name == name), name)

    def slugs(self) -> tuple[str, ...]:
        """Names of all files that are being written, in order."""
        root = self.drafts.folder("content_faq").parent
        found = sorted(path.name for path in root.iterdir()) if root.is_dir() else []
        return tuple(name for name in found if CONTENT_NAME.fullmatch(name))

    def read(self, name: str) -> ContentDraft:
        """A draft; RequestError where there is none."""
        file = self.find(name)
        folder = self.drafts.folder(name)
        text = _text(folder / TEXT / file.filename)
        if text is None:
            raise RequestError(f"“{file.label}”没有正在改的草稿")
        return ContentDraft(
            file,
            folder,
            seen_digest(folder),
            text,
            _text(folder / BEFORE / file.filename),
            _text(self.home / file.path),
        )

    @staticmethod
    def _edition(name: str) -> ContentFile | None:
        """The file of an edition that is not there yet, by its whole name."""
        kind, _, slug = name.partition("_")[2].partition("_")
        found = edition_file(slug) if kind == AWARDS and SLUG.fullmatch(slug) else None
        return found if found is not None and found.name == name else None

    def begin_edition(self, earlier: Edition, slug: str, short: str) -> ContentDraft:
        """Begin the next edition, with what is kept of the one before; RequestError."""
        file = edition_file(slug) if SLUG.fullmatch(slug) else None
        if file is None:
            raise RequestError(f"“{slug}”不能用在网址里：只用小写字母、数字和单个连字符")
        if not short.strip():
            raise RequestError("请写明新的一届怎样称呼，如 第四届")
        if (self.home / file.path).exists() or file.name in self.slugs():
            raise RequestError(f"届次“{slug}”已经有了，或者正在起草")
        folder = self.drafts.folder(file.name)
        with self.drafts.hold():
            keep_former(self.home, earlier.slug, folder / FORMER)
            self._write(folder, file, TEXT, next_edition(earlier, slug, short.strip()))
        return self.read(file.name)

    def begin(self, name: str, refuse: Callable[[], None] = lambda: None) -> ContentDraft:
        """Begin a draft with what stands there; the one that there is goes on.

        `refuse` is asked while nobody takes a draft, and raises where none may be begun.
        """
        file = self.find(name)
        folder = self.drafts.folder(name)
        with self.drafts.hold():
            if (folder / TEXT / file.filename).is_file():
                return self.read(name)
            refuse()
            present = _text(self.home / file.path)
            if present is None and self._edition(name):
                raise RequestError("没有这一项内容")
            text = (_raised(present) if file.annex else present) if present is not None else ""
            if not text and file.filename.endswith(".md"):
                text = "---\ntitle: \n---\n"
            self._write(folder, file, BEFORE, present)
            self._write(folder, file, TEXT, text)
        return self.read(name)

    def save(self, name: str, seen: str, text: str) -> ContentDraft:
        """Write the text; NewerContentError unless the draft is still as `seen`."""
        if len(text) > LONGEST:
            raise RequestError(f"文字太长，最多{LONGEST}字")
        with self.drafts.hold():
            draft = self._as_seen(name, seen)
            self._write(draft.folder, draft.file, TEXT, text.replace("\r\n", "\n"))
        return self.read(name)

    def renew(self, name: str, seen: str) -> ContentDraft:
        """Go on from what stands there now; the text stays, so that its differences show."""
        with self.drafts.hold():
            draft = self._as_seen(name, seen)
            self._write(draft.folder, draft.file, BEFORE, draft.present)
        return self.read(name)

    def discard(self, name: str, seen: str) -> Path:
        """Move a draft aside; gives the place where it then lies."""
        with self.drafts.hold():
            draft = self._as_seen(name, seen)
            return draft.folder.rename(self.drafts.aside(name))

    def _as_seen(self, name: str, seen: str) -> ContentDraft:
        draft = self.read(name)
        if draft.digest != seen:
            raise NewerContentError(draft)
        return draft

    @staticmethod
    def _write(folder: Path, file: ContentFile, part: str, text: str | None) -> None:
        path = folder / part / file.filename
        if text is None:
            path.unlink(missing_ok=True)
            return
        closed_folder(path.parent)
        write_whole(path, text.encode())


def taken_draft(file: ContentFile, folder: Path, home: Path) -> ContentDraft | None:
    """The draft in a folder that the publication job took; None where its text is gone."""
    text = _text(folder / TEXT / file.filename)
    if text is None:
        return None
    before = _text(folder / BEFORE / file.filename)
    return ContentDraft(file, folder, seen_digest(folder), text, before, _text(home / file.path))


def dated_now(draft: ContentDraft, today: date) -> str:
    """The text with its day of change set to today, where it has one and is changed at all."""
    if not draft.file.dated or not draft.changed:
        return draft.text
    return re.sub(
        rf"^({draft.file.dated}[ \t]*:[ \t]*)\d{{4}}-\d\d-\d\d[ \t]*$",
        rf"\g<1>{today.isoformat()}",
        draft.text,
        count=1,
        flags=re.MULTILINE,
    )


def version_of(text: str) -> str:
    """The version that a form's definition states; `0` where it states none."""
    found = _VERSION.search(text)
    return found[2] if found else "0"


def _raised(text: str) -> str:
    """A form's definition as its next version, which has yet to say what changed."""

    def raised(match: re.Match[str]) -> str:
        *first, last = match[2].split(".")
        return match[1] + ".".join((*first, str(int(last) + 1)))

    return _CHANGES.sub('changes: ""', _VERSION.sub(raised, text, count=1), count=1)


def _text(path: Path) -> str | None:
    """A file's text with plain line ends; None where there is no file."""
    if not path.is_file():
        return None
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except ValueError as error:
        raise RequestError(f"{path.name} 不是 UTF-8 编码，请管理员另存后再改") from error
