"""Typed contexts: a template may use exactly the fields of its dataclass, and uses them all."""

from dataclasses import fields

import pytest
from jinja2 import meta, nodes

from portal.site import page_contexts

# Names that every template has besides its context.
SHARED = {"chrome", "root", "asset"}
# Fields of the frame that its templates read for the page.
FRAME = {"page"}

ALL = sorted(
    (
        thing
        for thing in vars(page_contexts).values()
        if isinstance(thing, type)
        and issubclass(thing, page_contexts.Context)
        and thing is not page_contexts.Context
    ),
    key=lambda context: context.template,
)


def imported(tree):
    return {
        name[1] if isinstance(name, tuple) else name
        for node in tree.find_all(nodes.FromImport)
        for name in node.names
    }


def names_read(env, template, seen=None):
    """Undeclared names of a template, its parents and what it includes; imports have their own."""
    seen = set() if seen is None else seen
    if template in seen:
        return set()
    seen.add(template)
    tree = env.parse(env.loader.get_source(env, template)[0])
    # Jinja does not see that a macro imported at the top is known inside a block.
    macros = {macro.name for macro in tree.find_all(nodes.Macro)}
    names = meta.find_undeclared_variables(tree) - imported(tree) - macros
    for kind in (nodes.Extends, nodes.Include):
        for node in tree.find_all(kind):
            names |= names_read(env, node.template.value, seen)
    return names - set(env.globals)


@pytest.mark.parametrize("context", ALL, ids=lambda context: context.template)
def test_template_and_context_agree(app, context):
    read = names_read(app.jinja_env, context.template)
    given = {field.name for field in fields(context)}
    assert read - given - SHARED == set(), "read but not given"
    assert given - read - FRAME == set(), "given but never read"


def test_every_template_of_the_site_has_its_context(app):
    owned = {context.template for context in ALL} | {"site/page.html"}
    found = {name for name in app.jinja_env.list_templates() if name.startswith("site/")}
    assert found == owned


def test_no_template_imports_a_macro_it_does_not_use(app):
    env = app.jinja_env
    for template in env.list_templates():
        tree = env.parse(env.loader.get_source(env, template)[0])
        used = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}
        assert imported(tree) - used == set(), template
