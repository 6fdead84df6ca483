"""Asking for what is typed and never kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from portal.config.common import text

if TYPE_CHECKING:
    from collections.abc import Callable


def ask_for(variable: str) -> Callable[[str], str]:
    """What asks at the terminal, unless the environment has the answer."""

    def ask(prompt: str) -> str:
        return text(variable) or str(click.prompt(prompt.rstrip("："), hide_input=True))

    return ask
