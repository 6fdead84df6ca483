"""Examined content: what was found in an attachment, as it comes from the confined process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text and where in the file it stands, in words and as line and column."""

    where: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Content:
    """What an attachment holds; `people` are the names in its properties.

    `unseen` names what no program could look into: somebody has to look, and to say so by name.
    `headed` are the headings of cells with numbers that only the heading tells to be somebody's.
    """

    pieces: tuple[Piece, ...] = ()
    hidden: tuple[str, ...] = ()
    people: tuple[tuple[str, str], ...] = ()
    unreadable: str = ""
    unseen: tuple[str, ...] = ()
    headed: tuple[Piece, ...] = ()


def to_plain(found: Content) -> list[Any]:
    """What JSON can hold."""
    pieces, headed = (
        [(piece.where, piece.line, piece.text) for piece in some]
        for some in (found.pieces, found.headed)
    )
    return [pieces, found.hidden, found.people, found.unreadable, found.unseen, headed]


def of_plain(value: Any) -> Content:
    """What `to_plain` gave, checked."""
    pieces, hidden, people, unreadable, unseen, headed = value
    return Content(
        _pieces(pieces),
        tuple(str(text) for text in hidden),
        tuple((str(label), str(name)) for label, name in people),
        str(unreadable),
        tuple(str(text) for text in unseen),
        _pieces(headed),
    )


def _pieces(value: Any) -> tuple[Piece, ...]:
    return tuple(Piece(str(where), int(line), str(text)) for where, line, text in value)


def joined(one: Content, other: Content) -> Content:
    """What two parts of a file hold."""
    return Content(
        (*one.pieces, *other.pieces),
        (*one.hidden, *other.hidden),
        (*one.people, *other.people),
        unseen=(*one.unseen, *other.unseen),
        headed=(*one.headed, *other.headed),
    )
