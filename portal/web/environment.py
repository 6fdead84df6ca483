"""The template environment: Flask's, without two costs that every page would pay."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flask.templating import Environment
from jinja2.compiler import CodeGenerator
from markupsafe import escape

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

    from jinja2 import nodes
    from jinja2.compiler import Frame

_special = re.compile("[&<>\"']").search


def escaped(value: object) -> str:
    """A value as HTML: a text that holds nothing to escape is its own escape."""
    return value if type(value) is str and not _special(value) else escape(value)


class _Generator(CodeGenerator):
    """Has values escaped as above: the library makes a Markup of each, only to join them."""

    def _output_child_pre(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
            return
        self.write("environment.escaped(")
        if finalize.src is not None:
            self.write(finalize.src)


class QuickEnvironment(Environment):
    """Gives templates their globals as one dict: a chain of maps is slow to copy for every page.

    Globals must therefore be set before the first template is loaded.
    """

    code_generator_class = _Generator
    escaped = staticmethod(escaped)

    def make_globals(self, d: Mapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The environment's globals with a template's own."""
        return {**self.globals, **(d or {})}
