"""Annex forms (附件): each defined once in content/annexes/*.yml, rendered to Word and PDF."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Annex:
    """One form with its version and what changed since the one before."""

    slug: str
    title: str
