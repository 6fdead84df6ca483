"""`portal serve`: the public site with the objection form, on one machine."""

from __future__ import annotations

import logging
from datetime import datetime

import click

from portal.cli.server import serve
from portal.config.public_settings import PublicSettings
from portal.domain.workdays import SHANGHAI
from portal.public import create_app


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port."
)
@click.option(
    "--threads",
    default=8,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Requests answered at the same time.",
)
def command(host: str, port: int, threads: int) -> None:
    """Serve the public site and the objection form; content is reloaded when its files change."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    app = create_app(PublicSettings(), lambda: datetime.now(SHANGHAI))
    click.echo(f"公开网站：http://{host}:{port}{app.jinja_env.globals['root']}/")
    serve(app, host, port, threads=threads)
