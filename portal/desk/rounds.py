"""The desk's rounds: collect, register, send what waits, forget expired keys; every few seconds."""

from __future__ import annotations

import logging
from threading import Event, Thread
from typing import TYPE_CHECKING

from portal.sealed.courier import in_words

if TYPE_CHECKING:
    from portal.desk.services import Desk

_log = logging.getLogger("portal.desk")
SECONDS = 15.0


class Rounds:
    """A background thread of the desk; a failed round is logged, and the next one tries again."""

    def __init__(self, desk: Desk, seconds: float = SECONDS) -> None:
        self._desk = desk
        self._seconds = seconds
        self._stop = Event()
        self._thread = Thread(target=self._run, name="desk-rounds", daemon=True)

    def start(self) -> None:
        """Begin; the first round comes at once."""
        self._thread.start()

    def stop(self) -> None:
        """End after the round under way."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            self.once()
            self._stop.wait(self._seconds)

    def once(self) -> None:
        """One round: publications first, then what arrived; neither waits for the other."""
        try:
            self._desk.publisher.round(self._desk.clock())
        except Exception:  # noqa: BLE001 - likewise
            _log.exception("publications were not looked at; the next round tries again")
        try:
            now = self._desk.clock()
            self._desk.keyring.purge(now)
            self._desk.kept.sweep(now)
            done = self._desk.collect(now)
            if done.cases or done.messages:
                _log.info("registered: %s cases, %s messages", done.cases, done.messages)
            if done.troubles:
                _log.warning("not registered: %s; the inbox says why", len(done.troubles))
        except Exception as error:  # noqa: BLE001
            # Whatever it was: a thread that ends leaves a desk that hears nothing and says nothing.
            _log.exception("a round failed; the next one tries again")
            self._desk.troubles[:] = [f"收取没有完成，稍后会自动再试：{in_words(error)}"]
            self._remind()

    def _remind(self) -> None:
        """Reminders go out all the same, this very failure among them."""
        try:
            self._desk.remind(self._desk.clock())
        except Exception:  # noqa: BLE001 - likewise
            _log.exception("nobody was reminded; the next round tries again")
