"""No line of the log holds what somebody wrote, whatever goes wrong with it in hand."""

import io
import json
import logging
import subprocess
import sys
import warnings

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import ContentError, Issue
from portal.watching.events import Events

PHRASE = "栽赃的一句话 7K2M-9PQR 203.0.113.9"
INVALID = f"Invalid request from {PHRASE}"


class Lines:
    """A handler's stream, read back."""

    def __init__(self, **options):
        self.stream = io.StringIO()
        self.handler = logging.StreamHandler(self.stream)
        self.handler.setFormatter(Events(**options))

    def __enter__(self):
        logging.getLogger().addHandler(self.handler)
        return self

    def __exit__(self, *_):
        logging.getLogger().removeHandler(self.handler)

    @property
    def text(self):
        return self.stream.getvalue()

    @property
    def events(self):
        return [json.loads(line) for line in self.text.splitlines()]


def ours(*args, **options):
    """Said from a line of the program itself."""
    code = compile("log(*args, **options)", __import__("portal.errors").errors.__file__, "exec")
    log = logging.getLogger("portal.planted").warning
    exec(code, {"log": log, "args": args, "options": options})


def raised(error):
    try:
        raise error
    except type(error) as caught:
        return caught


@pytest.fixture
def app():
    app = Flask("portal.planted")

    @app.route("/answers/<code>/", methods=["POST"])
    def answers(code):
        try:
            {}[code]
        except KeyError:
            raise ValueError(PHRASE) from None

    return app


@pytest.mark.parametrize("readable", [False, True])
def test_a_planted_phrase_reaches_no_line(app, readable):
    with Lines(readable=readable) as lines:
        answer = app.test_client().post(f"/answers/{PHRASE}/", data={"text": PHRASE})
        assert answer.status_code == 500
        logging.getLogger("waitress").error("Exception while serving %s", PHRASE)
        logging.getLogger("gunicorn.error").warning(INVALID)
        logging.getLogger("gunicorn.error").error("Error handling request %s", PHRASE)
        ours("failed: %s, %s, %d", PHRASE, OSError(2, PHRASE, PHRASE), 3)
        ours("%s", raised(ValueError(PHRASE)), exc_info=raised(RuntimeError(PHRASE)))
        ours("%(a)s", {"a": PHRASE})
        ours(ValueError(PHRASE))
        logging.getLogger("py.warnings").warning(
            "%s", warnings.formatwarning(PHRASE, Warning, "", 1)
        )
    assert lines.text.count("\n") == 9
    for part in PHRASE.split():
        assert part not in lines.text


@given(st.text(min_size=4), st.text())
def test_an_event_is_one_line_whatever_it_is_given(text, other):
    with Lines() as lines:
        ours("about %s and %s", text, {text: other})
        ours("about", exc_info=ValueError(text))
        logging.getLogger("elsewhere").warning(text, exc_info=ValueError(other))
    assert lines.events[0]["event"] == "about … and …"
    assert [line["error"]["kind"] for line in lines.events[1:]] == ["ValueError", "ValueError"]
    assert len(lines.events) == 3


def test_what_mends_it_is_told(app):
    issue = Issue("notices/list/notice.md", 12, 1, "N007", PHRASE)
    with Lines() as lines:
        app.test_client().post(f"/answers/{PHRASE}/")
        ours("kept as it was: %s", ContentError(PHRASE, [issue]))
        ours("not written after %.1f s: %s", 1.5, PermissionError(13, "no", PHRASE))
        logging.getLogger("gunicorn.error").info("Booting worker with pid: %s", 12)
        logging.getLogger("waitress.queue").warning("Task queue depth is %d", 3)
    failed, content, disk = lines.events[:3]
    assert lines.events[-1]["event"] == "Task queue depth is 3"
    assert failed["error"]["kind"] == "ValueError"
    assert failed["error"]["at"][-1].startswith("watching/test_events.py:")
    assert failed["error"]["at"][-1].endswith(" answers")
    assert content["event"] == "kept as it was: notices/list/notice.md:12 N007"
    assert disk["event"] == "not written after 1.5 s: 没有权限"
    assert content["time"].endswith("+08:00")
    assert (content["level"], content["source"]) == ("warning", "portal.planted")


_ENDS = f"""
import logging, threading, warnings
from portal.watching.events import log_events
log_events()
def breaks(): raise ValueError({PHRASE!r})
thread = threading.Thread(target=breaks, name={PHRASE!r}); thread.start(); thread.join()
class Falls:
    def __del__(self): raise ValueError({PHRASE!r})
Falls()
warnings.warn({PHRASE!r})
logging.getLogger("portal.search").info("told")
logging.getLogger("urllib3").info("not told")
"""


def test_threads_destructors_and_warnings_end_in_the_same_log():
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", _ENDS], check=True, capture_output=True, text=True
    )
    events = [json.loads(line) for line in done.stderr.splitlines()]
    assert [event["level"] for event in events] == ["error", "error", "warning", "info"]
    assert events[0]["error"]["kind"] == "ValueError"
    assert PHRASE.split(maxsplit=1)[0] not in done.stderr
