"""/metrics in Prometheus form: how many requests, how long, what the checks found; nobody in it.

Labels are names of views, methods and statuses: never an address, a path, a case or a user. With
several worker processes `PROMETHEUS_MULTIPROC_DIR` names a folder in which they add up.
"""

from __future__ import annotations

import os
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from flask import g, request
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from portal.errors import RequestError
from portal.watching.findings import Level, ready

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask, Response

    from portal.watching.findings import Remembered

disable_created_metrics()  # type: ignore[no-untyped-call]  # they would say when somebody was the first to object
KIND = "text/plain; version=0.0.4; charset=utf-8"
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the library's own name, read when it is imported
_METHODS = {"GET", "HEAD", "POST"}
_SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_LEVELS = {Level.GOOD: 0, Level.SOON: 1, Level.BAD: 2}


class _Checks:
    """What the checks found, as gauges; asked for when somebody reads them."""

    def __init__(self, checks: Remembered) -> None:
        self._checks = checks

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """The gauges of this moment."""
        found = self._checks.found()
        yield GaugeMetricFamily("portal_ready", "1 unless something is at fault", int(ready(found)))
        level = GaugeMetricFamily("portal_check", "0 good, 1 soon, 2 at fault", labels=["name"])
        figure = GaugeMetricFamily(
            "portal_figure", "What a check counted or measured", labels=["name", "of"]
        )
        for one in found:
            level.add_metric([one.name], _LEVELS[one.finding.level])
            for of, value in one.finding.figures:
                figure.add_metric([one.name, of], value)
        yield level
        yield figure


class Measures:
    """Counts an app's requests by view and status, and writes the answer of /metrics."""

    def __init__(self, app: Flask, checks: Remembered) -> None:
        self._checks = _Checks(checks)
        self._several = _shared_folder()
        self._own = CollectorRegistry()
        self._requests = Counter(
            "portal_requests", "Requests answered", ["view", "method", "status"], registry=self._own
        )
        self._seconds = Histogram(
            "portal_request_seconds",
            "Time until the answer began",
            ["view"],
            buckets=_SECONDS,
            registry=self._own,
        )
        # First and last of all: the gate that turns people away is measured too.
        app.before_request_funcs.setdefault(None, []).insert(0, _begin)
        app.after_request_funcs.setdefault(None, []).insert(0, self._count)

    def _count(self, response: Response) -> Response:
        view = request.endpoint or "none"
        method = request.method if request.method in _METHODS else "other"
        self._requests.labels(view, method, str(response.status_code)).inc()
        if (began := g.get("began")) is not None:
            self._seconds.labels(view).observe(perf_counter() - began)
        return response

    def answer(self) -> tuple[str, bytes, str]:
        """Status, body and media type of /metrics."""
        shown = self._own
        if self._several:
            shown = CollectorRegistry()
            MultiProcessCollector(shown, path=self._several)  # type: ignore[no-untyped-call]
        gauges = CollectorRegistry()
        gauges.register(self._checks)
        return "200 OK", generate_latest(shown) + generate_latest(gauges), KIND


def _begin() -> None:
    g.began = perf_counter()


def _shared_folder() -> str:
    """The folder in which several processes count together; empty for one process alone."""
    folder = os.environ.get(_FOLDER, "")
    if folder:
        try:
            Path(folder).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RequestError(f"{_FOLDER} 的文件夹 {folder} 不能建立") from error
        if not os.access(folder, os.W_OK | os.X_OK):
            raise RequestError(f"{_FOLDER} 的文件夹 {folder} 不能写入")
    return folder
