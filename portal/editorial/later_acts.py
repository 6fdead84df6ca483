"""What can be done about a published notice: each begins a draft that says what it changes.

A revision (修订, 延长公示期) is a new text of the same notice: today's text goes to revisions/<n>/
whole, and the new one carries its number, its time and a compulsory note. A correction or a
withdrawal (更正, 撤回) is a notice of its own that names the one it amends.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from portal.content.notice.notice_folder import FILES, LIST, REVISIONS, TEXT
from portal.content.notice.notice_writer import write_text
from portal.domain.notice import Kind
from portal.domain.window import Counting
from portal.editorial.beginnings import REVIEW
from portal.editorial.drafts import copy_text, parsed, write_whole
from portal.editorial.facts import facts_of, sentence, set_in, set_in_body
from portal.editorial.placing import TAKEN_UP, text_digest
from portal.editorial.revising import Change, recorded_text
from portal.errors import RequestError
from portal.sealed.dropbox import closed_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from portal.editorial.drafts import Draft, Drafts
    from portal.editorial.surroundings import Surroundings


def revise(drafts: Drafts, published: Path, note: str, at: datetime) -> Draft:
    """Begin a revision of a published notice's folder; RequestError without a note."""
    return _revision(drafts, published, note, at, lambda values, body: (values, body))


def extend(
    drafts: Drafts,
    published: Path,
    days: int,
    reason: str,
    at: datetime,
    *,
    around: Surroundings | None = None,
) -> Draft:
    """Begin a revision that lengthens the window; the reason is printed with it.

    With `around` the text says so too, in the words of content/texts/extension.md.
    """
    change = lengthening(published.name, days, reason, at, around)
    values, _ = parsed((published / TEXT).read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))
    counting = extension_counting(values.get("window") or {})
    note = f"公示期延长{counting.words(days)}：{reason.strip()}"
    return _revision(drafts, published, note, at, change)


def lengthening(
    slug: str, days: int, reason: str, at: datetime, around: Surroundings | None = None
) -> Change:
    """The change of header and body by which a window is lengthened; RequestError."""
    if days < 1:
        raise RequestError("公示期至少延长1天")
    if not reason.strip():
        raise RequestError("请写明延长公示期的原因，原因随文公布")

    def lengthened(values: dict[str, Any], body: str) -> tuple[dict[str, Any], str]:
        window = values.get("window")
        if not isinstance(window, dict):
            raise RequestError(f"“{slug}”没有公示期，不能延长")
        key = str(extension_counting(window))
        item = {key: days, "reason": reason.strip(), "decided": at.date()}
        extensions = [*(window.get("extensions") or []), item]
        changed = {**values, "window": {**window, "extensions": extensions}}
        if around is None:
            return changed, body
        facts = facts_of(changed, None, around) | {"原因": sentence(reason)}
        told = set_in_body(around.beginning("extension").body, facts).strip("\n")
        return changed, f"{body.rstrip(chr(10))}\n\n{told}\n" if told else body

    return lengthened


def extension_counting(window: Mapping[str, Any]) -> Counting:
    """What an extension of a window (the header's keys) counts: the window's own days."""
    given = next((counting for counting in Counting if counting in window), Counting.WORKING_DAYS)
    return given.of_extensions


def _revision(drafts: Drafts, published: Path, note: str, at: datetime, change: Change) -> Draft:
    if not note.strip():
        raise RequestError("请写明改了什么，说明随文公布")
    number, original = recorded_text(published)
    prepared = _prepared(drafts, published.name)
    shutil.copytree(published, prepared, dirs_exist_ok=True)
    if original is not None:
        _put_original(prepared, original, number)
    text = (prepared / TEXT).read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    changed, body = change(*parsed(text))
    stamp = {"revision": number + 1, "updated": at.replace(microsecond=0), "note": note.strip()}
    write_whole(prepared / TEXT, write_text({**changed, **stamp}, body, text).encode())
    return drafts.adopt(published.name, prepared)


def take_up(drafts: Drafts, published: Path) -> Draft:
    """Make a draft of a next text that lies among the notices and waits, such as after `redact`."""
    number, original = recorded_text(published)
    if original is not None:
        raise RequestError(f"“{published.name}”的第{number}稿已经登记，没有等待的文本")
    prepared = _prepared(drafts, published.name)
    shutil.copytree(published, prepared, dirs_exist_ok=True)
    (prepared / TAKEN_UP).write_text(text_digest(published), encoding="ascii")
    return drafts.adopt(published.name, prepared)


def _put_original(prepared: Path, original: Path, number: int) -> None:
    """The recorded text as the earlier one, and as what the new one goes on from."""
    earlier = prepared / REVISIONS / str(number)
    shutil.rmtree(earlier, ignore_errors=True)
    earlier.mkdir(parents=True)
    copy_text(original, earlier)
    for name in (TEXT, LIST):
        (prepared / name).unlink(missing_ok=True)
    shutil.rmtree(prepared / FILES, ignore_errors=True)
    copy_text(original, prepared)


def _prepared(drafts: Drafts, slug: str) -> Path:
    """An empty folder beside the drafts, to be adopted when it is whole."""
    prepared = drafts.folder(slug).with_name(f".new-{slug}")
    shutil.rmtree(prepared, ignore_errors=True)
    return closed_folder(prepared)


_AMENDING = {Kind.CORRECTION: ("correction", "更正"), Kind.WITHDRAWAL: ("withdrawal", "撤回")}


def amend(
    drafts: Drafts,
    published: Path,
    kind: Kind,
    reason: str,
    at: datetime,
    *,
    around: Surroundings | None = None,
) -> Draft:
    """Begin the correction or the withdrawal of a published notice, with the reason in its text.

    With `around` the words are those of content/texts/; without, the reason is the text.
    """
    if kind not in _AMENDING:
        raise RequestError(f"{kind.label}不是更正或撤回")
    ending, word = _AMENDING[kind]
    if not reason.strip():
        raise RequestError(f"请写明{word}的原因，原因随文公布")
    values, _ = parsed((published / TEXT).read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))
    slug = _free_slug(drafts, published, ending)
    header, body = _amending(values, published.name, kind, word, at), f"{reason}\n"
    words = around.beginning(kind) if around else None
    if around and words and words.body:
        facts = {"原公告": str(values["title"]), "原因": sentence(reason)}
        facts = facts_of(header, None, around) | facts
        header["title"] = set_in(words.title, facts) if words.title else header["title"]
        body = set_in_body(words.body, facts)
    return drafts.create(slug, header, body)


def report_result(
    drafts: Drafts,
    published: Path,
    objections: Sequence[Mapping[str, Any]],
    departures: Sequence[Mapping[str, Any]],
    at: datetime,
    *,
    around: Surroundings,
) -> Draft:
    """Begin the result of a publicity that is over, with the words of content/texts/result.md."""
    values, _ = parsed((published / TEXT).read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))
    header = _following(values, at) | {"title": f"《{values['title']}》的结果"}
    header |= {"kind": str(Kind.RESULT), "result-of": published.name}
    header |= {"objections": list(objections), "departures": list(departures) or None}
    words, facts = around.beginning(Kind.RESULT), facts_of(header, None, around)
    if words.title:
        header["title"] = set_in(words.title, facts)
    body = set_in_body(words.body, facts) if words.body else f"{facts['异议情况']}\n"
    return drafts.create(_free_slug(drafts, published, "result"), header, body)


def _free_slug(drafts: Drafts, published: Path, ending: str) -> str:
    """An address beside that of a published notice which nobody has."""
    slug, number = f"{published.name}-{ending}", 2
    taken = set(drafts.slugs()) | {path.name for path in published.parent.iterdir()}
    while slug in taken:
        slug, number = f"{published.name}-{ending}-{number}", number + 1
    return slug


def _following(values: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """The header of a notice that follows another."""
    return {
        "title": "",
        "kind": "",
        "edition": values["edition"],
        "issuer": values["issuer"],
        "county": values.get("county"),
        "published": at.replace(microsecond=0),
        "review": dict(REVIEW),
        "tags": list(values.get("tags") or []) or None,
    }


def _amending(
    values: Mapping[str, Any], amended: str, kind: Kind, word: str, at: datetime
) -> dict[str, Any]:
    title = f"关于{word}《{values['title']}》的公告"
    return _following(values, at) | {"title": title, "kind": str(kind), "amends": amended}
