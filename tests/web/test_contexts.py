"""Typed contexts: a template may use exactly the fields of its dataclass, and uses them all."""

from dataclasses import fields

import pytest
from jinja2 import meta, nodes

from portal.config.common import Paths
from portal.config.desk_settings import DeskSettings
from portal.desk import desk_contexts
from portal.desk.case import case_contexts
from portal.desk.desk_app import create_app
from portal.desk.desk_contexts import DeskFrame
from portal.desk.entry import staff_contexts
from portal.desk.publishing import (
    calendar_contexts,
    content_contexts,
    draft_contexts,
    list_contexts,
    redact_contexts,
)
from portal.form import form_contexts
from portal.intake import intake_contexts
from portal.site import page_contexts
from portal.web import error_pages
from portal.web.chrome import SiteFrame
from portal.web.context import Context
from tests.conftest import MINIMAL
from tests.publicside import public_side
from tests.sites import SiteTree

# Names that every template has besides its context and the frame of its app.
SHARED = {"root", "asset"}
# What `portal.web` makes parts of pages from, without a page round them.
PARTS = {"chrome/header.html", "chrome/footer.html", "components/calendar.html"}

PUBLIC = (page_contexts, form_contexts, intake_contexts, error_pages)
DESK = (
    desk_contexts,
    case_contexts,
    staff_contexts,
    calendar_contexts,
    content_contexts,
    draft_contexts,
    list_contexts,
    redact_contexts,
    error_pages,
)


def contexts(*modules):
    return [
        thing
        for module in modules
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, Context) and hasattr(thing, "template")
    ]


@pytest.fixture(scope="module")
def apps(tmp_path_factory):
    folder = tmp_path_factory.mktemp("apps")
    tree = SiteTree(folder / "site")
    (folder / "site" / "notices").mkdir(parents=True)
    side = public_side(tree.write(MINIMAL), folder / "public")
    settings = DeskSettings(paths=Paths(state=folder / "desk"), secret="s" * 32, plain_http=True)
    desk = create_app(settings, catalogue=lambda: side.catalogue)
    yield {"public": (side.app(), SiteFrame, PUBLIC), "desk": (desk, DeskFrame, DESK)}
    desk.extensions["portal.desk"].close()


def tree_of(env, template):
    return env.parse(env.loader.get_source(env, template)[0])


def imported(tree):
    return {
        name[1] if isinstance(name, tuple) else name
        for node in tree.find_all(nodes.FromImport)
        for name in node.names
    }


def reached(env, template, kinds, seen=None):
    """A template with all that it names, by the kinds of naming."""
    seen = {} if seen is None else seen
    if template not in seen:
        seen[template] = tree = tree_of(env, template)
        for node in tree.find_all(kinds):
            reached(env, node.template.value, kinds, seen)
    return seen


def names_read(env, template):
    """Undeclared names of a template, its parents and what it includes; imports have their own."""
    trees = reached(env, template, (nodes.Extends, nodes.Include)).values()
    names, known = set(), set(env.globals)
    for tree in trees:
        names |= meta.find_undeclared_variables(tree)
        # Jinja does not see that what is imported or set at the top is known inside a block.
        known |= imported(tree) | {macro.name for macro in tree.find_all(nodes.Macro)}
        known |= {
            node.target.name
            for node in tree.find_all((nodes.Assign, nodes.AssignBlock))
            if isinstance(node.target, nodes.Name)
        }
    return names - known


def given(thing):
    return {field.name for field in fields(thing)}


@pytest.mark.parametrize("name", ["public", "desk"])
def test_templates_use_exactly_what_their_contexts_give(apps, name):
    app, frame, modules = apps[name]
    for context in contexts(*modules):
        read = names_read(app.jinja_env, context.template)
        wanted = given(context)
        assert read - wanted - given(frame) - SHARED == set(), f"{context}: read but not given"
        # An error's page of the desk names no office: its reader sits there.
        spare = {"office"} if (name, context) == ("desk", error_pages.ErrorContext) else set()
        assert wanted - read - {"page"} - spare == set(), f"{context}: given but never read"


@pytest.mark.parametrize("name", ["public", "desk"])
def test_the_frame_is_read_whole(apps, name):
    app, frame, modules = apps[name]
    read = set().union(*(names_read(app.jinja_env, c.template) for c in contexts(*modules)))
    assert given(frame) - read == set()


def test_no_template_has_two_contexts():
    for modules in (PUBLIC, DESK):
        owned = [context.template for context in contexts(*modules)]
        assert len(owned) == len(set(owned))


def test_every_template_has_a_context_or_stands_in_one_that_has(apps):
    kinds = (nodes.Extends, nodes.Include, nodes.FromImport, nodes.Import)
    used, there = set(PARTS), set()
    for app, _, modules in apps.values():
        there |= set(app.jinja_env.list_templates())
        for context in contexts(*modules):
            used |= set(reached(app.jinja_env, context.template, kinds))
    assert there == used


@pytest.mark.parametrize("context", contexts(*PUBLIC, *DESK), ids=lambda context: context.__name__)
def test_every_context_says_what_it_is_for(context):
    own = context.__doc__ or ""
    assert own, context
    assert not own.startswith(f"{context.__name__}("), "a dataclass's own words say nothing"


@pytest.mark.parametrize("name", ["public", "desk"])
def test_no_template_imports_a_macro_it_does_not_use(apps, name):
    env = apps[name][0].jinja_env
    for template in env.list_templates():
        tree = tree_of(env, template)
        trees = [tree, *(tree_of(env, n.template.value) for n in tree.find_all(nodes.Include))]
        used = {n.name for t in trees for n in t.find_all(nodes.Name) if n.ctx == "load"}
        assert imported(tree) - used == set(), template
