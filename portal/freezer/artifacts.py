"""Artifacts: what is to be built, one file each, with all that its making depends on."""

from __future__ import annotations

from typing import NamedTuple


class Artifact(NamedTuple):
    """One file of the site, by its unquoted URL.

    `group` is the group of formats it belongs to. `timeless`: its page asks for the time only to
    hand it to the catalogue, and what it says of a day is in the notices' own keys. `slow`: it
    takes libraries that no other of a small build needs. `single`: its texts stand on no other page
    of lasting use, so their HTML is not kept. `content` names what is in it where that is known
    before it is made, and stands for what the page read.
    """

    url: str
    group: str
    timeless: bool = False
    slow: bool = False
    single: bool = False
    content: str = ""


# How the record keeps what an artifact is besides its URL: "feeds timeless slow".
_TRAITS = ("timeless", "slow", "single")


def traits_of(artifact: Artifact) -> str:
    """An artifact's group and traits as one text."""
    return " ".join([artifact.group, *(t for t in _TRAITS if getattr(artifact, t))])


def with_traits(url: str, traits: str) -> Artifact:
    """The artifact of a URL and such a text."""
    group, *known = traits.split(" ")
    timeless, slow, single = (trait in known for trait in _TRAITS)
    return Artifact(url, group, timeless, slow, single)


def file_of(url: str) -> str:
    """Path of a URL's file below the output folder: Frozen-Flask's rule, written down once."""
    return url[1:] + "index.html" if url.endswith("/") else url[1:]
