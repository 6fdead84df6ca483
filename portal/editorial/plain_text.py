"""Plain text: what a clerk types without knowing Markdown, as Markdown, and back.

Each line is a paragraph, as in Word. What Markdown would take for markup is escaped: asterisks,
number signs, brackets, a number with a dot at the beginning of a line. Who knows Markdown writes
it; a text that uses it has no plain form, and is shown as it is.
"""

from __future__ import annotations

import re

# A backslash takes the meaning from each of these for the converter; < and & have entities.
_MARKS = re.compile(r"[\\`*_{}\[\]|]|!(?=\[)")
_ENTITY = re.compile(r"&(?=#?\w{1,32};)")
_FIRST = re.compile(r"(?:#|>|[+-](?=\s|$)|-(?=[-\s]*$))")
_NUMBER = re.compile(r"(\d+)\.(?=\s|$)")
_BLANK = "\u3000 \t\u00a0"


def escaped(text: str) -> str:
    """A piece of text that means itself inside a line of Markdown."""
    return _MARKS.sub(r"\\\g<0>", _ENTITY.sub("&amp;", text).replace("<", "&lt;"))


def to_markdown(plain: str) -> str:
    """The Markdown that shows each line of a plain text as a paragraph, word for word."""
    paragraphs = (paragraph(escaped(line)) for line in lines_of(plain))
    return "".join(f"{text}\n\n" for text in paragraphs).removesuffix("\n")


def to_plain(markdown: str) -> str | None:
    """The plain text that such a Markdown was made of; None for one that uses markup."""
    blocks = re.split(r"\n(?:[ \t]*\n)+", markdown.replace("\r\n", "\n").strip("\n"))
    plain = "\n".join(_unescaped(block) for block in blocks)
    if any("\n" in block for block in blocks):
        return None
    return plain if to_markdown(plain).split() == markdown.split() else None


def lines_of(plain: str) -> list[str]:
    """The lines that say something, without the blanks around them that indent or pad."""
    lines = (line.strip(_BLANK) for line in plain.splitlines())
    return [line for line in lines if line.strip()]


def paragraph(text: str) -> str:
    """Escaped text as a line that begins no list, heading or quotation."""
    text = text.strip(_BLANK)
    text = _NUMBER.sub(r"\1\\.", text, count=1) if _NUMBER.match(text) else text
    return f"\\{text}" if _FIRST.match(text) else text


def _unescaped(block: str) -> str:
    return _TAKEN_BACK.sub(lambda found: _ENTITIES.get(found.group(), found[1] or ""), block)


_ENTITIES = {"&amp;": "&", "&lt;": "<"}
_TAKEN_BACK = re.compile(r"&amp;|&lt;|\\([\\`*_{}\[\]|!#+\-.>])")
