"""Settings of the objection form, given by the composition root; limits are settings, not code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IntakeLimits:
    """Quotas in each clock hour, and the free space below which nothing is taken.

    `unfinished_bytes`: of envelopes that arrive in pieces, all together.

    The defaults let a village share one address and a busy window run, but no flood fill the disk.
    """

    submissions: int = 600
    submissions_per_window: int = 300
    submissions_per_address: int = 10
    drafts_per_address: int = 60
    lookups: int = 6000
    wrong_codes_per_address: int = 20
    worked_times: int = 5
    free_bytes: int = 2 * 1024**3
    minimum_seconds: int = 3
    unfinished_bytes: int = 4 * 1024**3


@dataclass(frozen=True, slots=True)
class IntakeOptions:
    """`anonymous` lists the offices that record anonymous tips as leads (线索); "*" means all.

    `supervisor` is the office above the site's main office; `privacy` the version of the privacy
    notice in force; `root` the path of the site on its host; `tells` are the ways by which the desk
    can tell citizens of news: mail, sms.
    """

    root: str = ""
    prefix: str = "/objections"
    privacy: str = "1"
    supervisor: str | None = None
    anonymous: frozenset[str] = frozenset()
    tells: frozenset[str] = frozenset()
    limits: IntakeLimits = IntakeLimits()
