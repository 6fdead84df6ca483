"""The template environment: Flask's, without three costs that every page would pay."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flask.templating import Environment
from jinja2 import Template
from jinja2.compiler import CodeGenerator
from markupsafe import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, MutableMapping
    from types import CodeType

    import jinja2
    from jinja2 import nodes
    from jinja2.compiler import Frame
    from jinja2.runtime import Context

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


class _Template(Template):
    """Joins a block's text where it is made: else each piece climbs through all that hold it."""

    @classmethod
    def from_code(
        cls,
        environment: jinja2.Environment,
        code: CodeType,
        globals: MutableMapping[str, Any],  # noqa: A002 - the library's name
        uptodate: Callable[[], bool] | None = None,
    ) -> Template:
        """A template of compiled code, as loaders ask for it."""
        template = super().from_code(environment, code, globals, uptodate)
        module = template.root_render_func.__globals__
        template.root_render_func = _joined(template.root_render_func)
        for name, block in list(template.blocks.items()):
            # `super()` looks for what the block's own name stands for in the compiled template.
            template.blocks[name] = module[block.__name__] = _joined(block)
        return template


def _joined(render: Callable[[Context], Iterator[str]]) -> Callable[[Context], Iterator[str]]:
    def whole(context: Context) -> Iterator[str]:
        yield "".join(render(context))

    return whole


class QuickEnvironment(Environment):
    """Gives templates their globals as one dict: a chain of maps is slow to copy for every page.

    Globals must therefore be set before the first template is loaded.
    """

    code_generator_class = _Generator
    template_class = _Template
    escaped = staticmethod(escaped)

    def make_globals(self, d: Mapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The environment's globals with a template's own."""
        return {**self.globals, **(d or {})}
