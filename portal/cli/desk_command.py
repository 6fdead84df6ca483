"""`portal desk`: the staff app on this machine, in one process."""

from __future__ import annotations

import logging
from datetime import datetime

import click

from portal.cli.server import serve
from portal.config.desk_settings import DeskSettings
from portal.desk import create_app
from portal.desk.rounds import SECONDS, Rounds
from portal.domain.workdays import SHANGHAI


@click.command("desk")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8001, show_default=True, type=click.IntRange(1, 65535), help="Port."
)
@click.option("--every", default=SECONDS, show_default=True, help="Seconds between collections.")
@click.option(
    "--new-register",
    is_flag=True,
    help="Begin with an empty register, also beside envelopes that were collected before.",
)
def command(host: str, port: int, every: float, *, new_register: bool) -> None:
    """Serve the staff desk; unlocked keys live in its memory and end with it."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    app = create_app(DeskSettings(), lambda: datetime.now(SHANGHAI), new_register=new_register)
    Rounds(app.extensions["portal.desk"], every).start()
    click.echo(f"异议办理台：http://{host}:{port}/")
    serve(app, host, port)
