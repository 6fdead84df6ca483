"""Publicity portal of a city's quality award: explainer, notices, feeds, sealed objections."""

__version__ = "0.1.0"
