"""`portal doctor`: what is wrong with this installation, and the remedy; also as an alarm."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portal.casework.register import Register, newest_revision, refuse_newer
from portal.casework.register_copy import sqlite_file
from portal.cli.doctor_state import alarm_settings, settings_found, used_state
from portal.config.common import Paths, text
from portal.config.desk_settings import DeskSettings, MailSettings
from portal.config.public_settings import PublicSettings
from portal.config.watch_settings import WatchSettings
from portal.config.wrong_settings import gathered
from portal.content.loader import load
from portal.desk.desk_checks import RESTORE, desk_checks, register_trouble
from portal.desk.mailer import Smtp
from portal.domain.workdays import SHANGHAI
from portal.public_checks import public_checks
from portal.sealed.courier import DeskFolders
from portal.watching.alarm import Alarm, Post
from portal.watching.alarm_notes import second_place
from portal.watching.backup_notes import last_backup
from portal.watching.findings import Check, Finding, Found, Level, examine, good, ready
from portal.watching.machine_checks import closed_folders, content, fonts
from portal.watching.service_checks import app_answers

if TYPE_CHECKING:
    from portal.content.catalogue import Catalogue

_HELP = """检查这台机器上的安装：哪里不对，怎么办。与 /readyz 用同一份清单。

\b
--alarm 供定时运行：有故障时写 <state>/alarm.txt，故障消除后删去；
情况变化时寄一封邮件给 PORTAL_ALARM_MAIL（邮件服务器用工作台的设置）。
退出码：0 没有故障，1 有故障；用 --alarm 时，3 有故障而且报过警，1 报警没有报成。"""


_TOLD = 3
"""Exit status of an alarm that was given: the timer's unit fails for everything else."""
_PAGE_SIZE = slice(16, 18)
"""Where a SQLite database says how large its pages are, of which it has whole ones; 1: 64 KiB."""
_UNUSED = f"{RESTORE}；没有用过的，启动一次工作台"


class _Read:
    """The catalogue, read once; what cannot be read is told once, by its own check."""

    def __init__(self, settings: PublicSettings) -> None:
        self._settings = settings
        self._catalogue: Catalogue | None = None
        self._error: Exception | None = None

    def __call__(self) -> Catalogue:
        if self._error is not None:
            raise self._error
        if self._catalogue is None:
            paths = self._settings.paths
            try:
                self._catalogue = load(
                    paths.content, paths.notices, base_url=self._settings.base_url or None
                )
            except Exception as error:
                self._error = error
                raise
        return self._catalogue


def _look(stack: ExitStack, now: datetime) -> list[Found]:
    """What the checks of this machine find; one that only repeats the content's fault is left out.

    Whatever keeps the checks of one side from being made hides none of the others.
    """
    public, desk = PublicSettings(), DeskSettings()
    read = _Read(public)
    first = [
        fonts(),
        used_state(public, desk),
        last_backup(public.paths.state, wanted=bool(text("PORTAL_BACKUP_RECIPIENT"))),
        closed_folders([public.paths.state, public.keys, public.dropbox, desk.folder]),
        content(read),
    ]
    found = examine(first, now)
    told = found[-1]
    app = WatchSettings().app
    checks = [*([app_answers(app)] if app else []), *_of_public(public, read)]
    if desk.folder.is_dir():
        checks += _of_desk(stack, desk, read, {check.name for check in checks})
    others = examine(checks, now)
    if ready([told]):
        return found + others
    return found + [one for one in others if one.finding.words != told.finding.words]


def _of_public(public: PublicSettings, read: _Read) -> list[Check]:
    try:
        checks = [check for check in public_checks(public, read) if _here(check, public)]
    except Exception as error:  # noqa: BLE001 - what keeps them from being made is the finding
        return [_failing("public", "公开网站", error)]
    return [_opened("public", "公开网站"), *checks]


def _here(check: Check, public: PublicSettings) -> bool:
    """Keys of windows are asked for where there are keys, or objections are taken."""
    return check.name != "keys" or public.keys.is_dir() or public.dropbox.is_dir()


def _of_desk(stack: ExitStack, settings: DeskSettings, read: _Read, known: set[str]) -> list[Check]:
    """A desk is opened as it is; one that was never started, or lost its parts, is only told."""
    from portal.desk.services import open_desk  # of no use to the public side's machine

    try:
        if (missing := _missing(settings)) is not None:
            return [missing]
        desk = open_desk(settings, lambda: datetime.now(SHANGHAI), read)
    except Exception as error:  # noqa: BLE001 - a desk that cannot be opened is the finding
        return [_broken(error, settings.url)]
    stack.callback(desk.room.register.close)
    others = [c for c in desk_checks(desk) if c.name not in {*known, "rounds"}]
    return [_opened("desk", "工作台"), *others]


def _missing(settings: DeskSettings) -> Check | None:
    """What keeps a desk from being opened as it is, writing nothing; None where nothing does."""
    file, secret = sqlite_file(settings.url), settings.folder / "secret"
    if file is not None and (unfit := _unfit(Path(file))) is not None:
        return unfit
    if not settings.secret and not secret.exists():
        return _said("accounts", "人员登录", f"{secret} 不在", "从备份恢复")
    made, mark = DeskFolders(settings.folder), settings.paths.state / "format"
    for part in (mark, made.envelopes, made.outgoing, made.tmp):
        if not part.exists():  # opening the desk would make it
            return _said("desk", "工作台", f"{part} 不在", _UNUSED)
    return _of_revision(settings.url, file or "数据库")


def _of_revision(url: str, place: str) -> Check | None:
    present = _revision(url)
    if present is None:
        return _said("register", "登记簿", f"{place} 是空的", _UNUSED)
    refuse_newer(present)
    if present != newest_revision():
        words = f"登记簿还是版本 {present}，本程序用 {newest_revision()}"
        return _said("register", "登记簿", words, "启动工作台，它先留副本再升级")
    return None


def _unfit(file: Path) -> Check | None:
    """A file that is no whole SQLite database; an empty one would be written to if opened."""
    if not file.exists():
        return _said("register", "登记簿", f"{file} 不在", _UNUSED)
    if not file.is_file():
        return _said("register", "登记簿", f"{file} 不是文件", f"移走它。{RESTORE}")
    size = file.stat().st_size
    if not size:
        return _said("register", "登记簿", f"{file} 是空的", _UNUSED)
    with file.open("rb") as stream:
        page = int.from_bytes(stream.read(_PAGE_SIZE.stop)[_PAGE_SIZE]) or 1
    if size % (page if page > 1 else 1 << 16):
        return _said("register", "登记簿", f"{file} 损坏或者不完整", RESTORE)
    return None


def _revision(url: str) -> str | None:
    register = Register(url)
    try:
        return register.revision()
    finally:
        register.close()


def _said(name: str, title: str, words: str, remedy: str) -> Check:
    return Check(name, title, lambda _now: Finding(Level.BAD, words, remedy))


@click.command("doctor", help=_HELP)
@click.option("--alarm", is_flag=True, help="供定时运行：写报警文件，情况变化时寄邮件。")
def command(*, alarm: bool) -> None:
    """Look at everything on this machine; exit status 1 where something is at fault."""
    now = datetime.now(SHANGHAI)
    with gathered() as faults, ExitStack() as stack:
        try:
            found = _look(stack, now)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong in looking is the finding
            found = [_failing("alarm look", "检查", error).at(now)]
        mail, watch = MailSettings(), WatchSettings()
        found.append(alarm_settings(watch.alarm_mail, mail.host))
        found += settings_found(faults)
        told = True
        if alarm:  # before anything is printed: a terminal may be gone
            told = _alarm(found, now, mail, watch)
    for one in found:
        click.echo(one.line)
    if not ready(found):
        sys.exit(_TOLD if alarm and told else 1)
    if not told:
        sys.exit(1)


def _broken(error: Exception, url: str = "") -> Check:
    """The error as a finding; with the register's `url`, as one of the register where it is."""
    trouble = register_trouble(url, error) if url else None
    if trouble is not None:
        return Check("register", "登记簿", lambda _now: trouble)

    return _failing("desk", "工作台", error)


def _opened(name: str, title: str) -> Check:
    return Check(name, title, lambda _now: good("可以检查"))


def _failing(name: str, title: str, error: Exception) -> Check:
    def look(_now: datetime) -> Finding:
        raise error

    return Check(name, title, look)


def _alarm(found: list[Found], now: datetime, mail: MailSettings, watch: WatchSettings) -> bool:
    """Whether what is wrong was told, by the file or to every address."""
    state = Paths().state
    transport = Smtp(mail) if mail.host and watch.alarm_mail else None
    alarm = Alarm(state, second_place(state, watch.runtime))
    outcome = alarm.tell(found, now, Post(transport, watch.alarm_mail))
    for words in outcome.words:
        click.echo(words, err=True)
    return outcome.told
