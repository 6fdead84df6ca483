"""The form of each window, as a file: the same for everybody, and so in the signed manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort

from portal.form.frozen_form import TEMPLATES, frozen_form, has_form

if TYPE_CHECKING:
    from flask import Response

    from portal.site.views import Views


def make_blueprint(views: Views) -> Blueprint:
    """`<prefix>/<slug>/`, where the form is offered."""
    blueprint = Blueprint("form", __name__, template_folder=str(TEMPLATES))
    prefix = views.options.objections_url
    if not prefix:
        return blueprint

    @blueprint.get(f"{prefix}/<slug>/")
    def show(slug: str) -> Response:
        catalogue, _ = views.now()
        notice = catalogue.notice(slug)
        if notice is None or not has_form(catalogue, notice):
            abort(404)
        return views.page(frozen_form(catalogue, notice, views.options.root, prefix))

    return blueprint
