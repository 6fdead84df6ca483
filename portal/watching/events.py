"""The log: one event a line, as JSON; what happened and where, never what somebody wrote.

Nothing is left out by hand: the texts of our own events are constants in the source (ruff's G rules
hold them to that), values are numbers, and of an error its kind and the lines it went through. Text
that came in from outside has no way into a line; other libraries are told by the place they speak
from.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import traceback
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal.domain.workdays import SHANGHAI
from portal.errors import ContentError, reason_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

_PROGRAM = Path(__file__).parents[1]
_FRAMES, _CAUSES, _ISSUES = 12, 4, 5
_WITHHELD = "…"
_SERVERS = frozenset({"gunicorn.error", "waitress.queue"})


class Events(logging.Formatter):
    """A record as one line: JSON, or `readable` for somebody at a terminal."""

    def __init__(self, *, readable: bool = False) -> None:
        super().__init__()
        self._readable = readable

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, SHANGHAI).isoformat("T", "milliseconds"),
            "level": record.levelname.lower(),
            "process": record.process,
            "source": record.name,
            "event": _event(record),
        }
        if record.exc_info and record.exc_info[1]:
            line["error"] = told(record.exc_info[1])
        if self._readable:
            where = _in_words(line.get("error"))
            return f"{line['time']} {line['level']} {line['event']}{where}"
        return json.dumps(line, ensure_ascii=False)


def _event(record: logging.LogRecord) -> str:
    ours = Path(record.pathname).is_relative_to(_PROGRAM)
    # gunicorn speaks through a module of its own; where values stand apart its text is constant.
    # Of waitress only the length of its queue is let through: a text of its own, and a number.
    served = record.name in _SERVERS and bool(record.args)
    if not (ours or served) or not isinstance(record.msg, str):
        return f"{record.module}.{record.funcName}:{record.lineno}"
    given = record.args
    if not given:
        return record.msg
    values: Any = tuple(map(_value, given)) if isinstance(given, tuple) else _named(given)
    try:
        return str(record.msg % values)
    except (TypeError, ValueError, KeyError):
        return record.msg


def _named(given: Mapping[str, object]) -> dict[str, object]:
    return {name: _value(value) for name, value in given.items()}


def _value(given: object) -> object:
    """What of a value may be told: a number as it is, an error by its kind and place."""
    if isinstance(given, int | float):
        return given
    if isinstance(given, ContentError):
        places = [f"{i.path}:{i.line} {i.code}" for i in given.issues[:_ISSUES]]
        return "、".join(places) or type(given).__name__
    if isinstance(given, OSError):
        return reason_of(given)
    return type(given).__name__ if isinstance(given, BaseException) else _WITHHELD


def told(error: BaseException) -> dict[str, Any]:
    """An error's kind, the lines it went through (newest last) and its causes; not its text."""
    first = found = _one(error)
    for _ in range(_CAUSES):
        cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if cause is None:
            break
        found["from"] = _one(cause)
        error, found = cause, found["from"]
    return first


def _one(error: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    reason = {"reason": reason_of(error)} if isinstance(error, OSError) else {}
    at = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    return {"kind": type(error).__name__, **reason, "at": at}


def _short(name: str) -> str:
    path = Path(name)
    if path.is_relative_to(_PROGRAM):
        return path.relative_to(_PROGRAM.parent).as_posix()
    return "/".join(path.parts[-2:])


def _in_words(error: object) -> str:
    if not isinstance(error, dict):
        return ""
    return f"（{error['kind']}，{error['at'][-1] if error['at'] else '不知在哪里'}）"


def log_events(stream: TextIO | None = None, *, readable: bool = False) -> None:
    """From now on everything that this process logs, warns or breaks with goes out this way."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Events(readable=readable))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("portal").setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    logging.raiseExceptions = False  # what cannot be written would go out whole, with its values
    threading.excepthook = _thread_ended
    sys.unraisablehook = _ignored


def _thread_ended(args: threading.ExceptHookArgs) -> None:
    if isinstance(args.exc_value, Exception):  # who only ends a thread did nothing wrong
        _log.error("a thread ended", exc_info=args.exc_value)


def _ignored(args: sys.UnraisableHookArgs) -> None:
    _log.error("an error that nobody could catch", exc_info=args.exc_value)


_log = logging.getLogger(__name__)
