"""gunicorn's own log as events; `--logger-class portal.watching.gunicorn_events.EventLogger`."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger

from portal.watching.events import Events


class EventLogger(Logger):  # type: ignore[misc]  # no types are published
    """One event a line, and never an access log: nobody is to know who came to object."""

    def setup(self, cfg: Any) -> None:
        """As gunicorn does, with our lines."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(Events())

    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None:
        """Nothing, whatever the options say."""
