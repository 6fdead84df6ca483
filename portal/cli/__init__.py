"""The command line: the only place that prints, reads the clock, or exits.

Exit status: 0 done, 1 the content or the request is at fault, 2 usage.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import tempfile
import traceback
from datetime import datetime
from pathlib import Path

import click

from portal import __version__
from portal.cli.chinese import in_chinese, speak_chinese
from portal.cli.state_use import watched
from portal.domain.workdays import SHANGHAI
from portal.errors import BuildError, ContentError, PortalError, reason_of

# Command name -> module of this package that defines it. Modules load only when asked for, so that
# `--help` and a build with nothing to do stay quick.
COMMANDS = {
    "audit": "portal.cli.audit_command",
    "correct": "portal.cli.correct_command",
    "backup": "portal.cli.backup_command",
    "demo": "portal.cli.demo_command",
    "desk": "portal.cli.desk_command",
    "desk-user": "portal.cli.desk_user_command",
    "doctor": "portal.cli.doctor_command",
    "drafts": "portal.cli.drafts_command",
    "edition": "portal.cli.edition_command",
    "extend": "portal.cli.extend_command",
    "new": "portal.cli.new_command",
    "withdraw": "portal.cli.withdraw_command",
    "collect": "portal.cli.collect_command",
    "keys": "portal.cli.keys_command",
    "drill": "portal.cli.drill_command",
    "init": "portal.cli.init_command",
    "import": "portal.cli.import_command",
    "annex": "portal.cli.annex_command",
    "build": "portal.cli.build_command",
    "lint": "portal.cli.lint_command",
    "preview": "portal.cli.preview_command",
    "publications": "portal.cli.publications_command",
    "publish": "portal.cli.publish_command",
    "redact": "portal.cli.redact_command",
    "restore": "portal.cli.restore_command",
    "revise": "portal.cli.revise_command",
    "serve": "portal.cli.serve_command",
    "setup": "portal.cli.setup_command",
    "verify": "portal.cli.verify_command",
    "window": "portal.cli.window_command",
}


class LazyGroup(click.Group):
    """A group whose commands are imported on first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Command names in alphabetical order."""
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module that defines a command."""
        if cmd_name in COMMANDS:
            module = importlib.import_module(COMMANDS[cmd_name])
            command: click.Command = module.command
            return watched(in_chinese(command), cmd_name)
        return super().get_command(ctx, cmd_name)


speak_chinese()


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="城市质量奖公示平台。",
    options_metavar="[选项]",
    subcommand_metavar="命令 [参数]…",
)
@click.version_option(__version__, prog_name="portal")
def portal() -> None:
    """Publicity portal of a city quality award."""


def main() -> None:
    """Run the command line."""
    try:
        _run()
    except KeyboardInterrupt:
        click.echo("\n已停止", err=True)
        sys.exit(130)
    except SystemExit as exit_:
        if exit_.code in (0, None) and sys.argv[1:2] == ["build"]:
            # It keeps nothing open; giving back what it holds takes a tenth of a small build.
            with contextlib.suppress(OSError):  # nobody reads any more
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(0)
        raise
    except Exception as error:  # noqa: BLE001 - nobody at an office can read a trace
        click.echo(f"错误：{reason_of(error)}。{_noted(error)}", err=True)
        sys.exit(1)


def _noted(error: Exception) -> str:
    """Keep the trace of a fault of ours in a file, and say where; it begins no state folder."""
    from portal.config.common import Paths

    state = Paths().state
    log = (state if state.is_dir() else Path(tempfile.mkdtemp(prefix="portal-"))) / "error.log"
    trace = "".join(traceback.format_exception(error))
    try:
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{datetime.now(SHANGHAI).isoformat()} {' '.join(sys.argv)}\n{trace}\n")
    except OSError:
        return "请把做了什么告诉管理员"
    return f"经过记在 {log}，请交给管理员"


def _run() -> None:
    """Run a command; the one place that turns an error into text and exit status."""
    try:
        portal()
    except ContentError as error:
        for issue in error.issues:
            click.echo(str(issue), err=True)
        click.echo(f"错误：{error}", err=True)
        sys.exit(1)
    except BuildError as error:
        for failure in error.failures:
            click.echo(failure, err=True)
        click.echo(f"错误：{error}", err=True)
        sys.exit(1)
    except PortalError as error:
        click.echo(f"错误：{error}", err=True)
        sys.exit(1)
    except Exception as error:
        if (text := _machine(error)) is None:
            raise
        click.echo(f"错误：{text}", err=True)
        sys.exit(1)


def _machine(error: Exception) -> str | None:
    """What is wrong with the disk or a database, and what to do; None for a fault of ours."""
    from portal.web.troubles import machine_trouble

    trouble = machine_trouble(error)
    place = f"（{error.filename}）" if isinstance(error, OSError) and error.filename else ""
    if trouble is not None:
        return f"{trouble.title}{place}：{trouble.remedy}"
    if isinstance(error, OSError):
        return f"不能读写文件{place}：{reason_of(error)}"
    return None
