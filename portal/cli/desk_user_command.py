"""`portal desk-user add|allow|disable|reset`: who may sign in to the desk, and what each may do."""

from __future__ import annotations

import getpass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portal.casework.people import Right, Role
from portal.casework.upgrading import open_present
from portal.config.desk_settings import DeskSettings
from portal.content.loader import load
from portal.desk.entry.accounts import Accounts, Credentials, NewStaff
from portal.desk.registers import open_accounts, open_register
from portal.domain.workdays import SHANGHAI
from portal.errors import RequestError
from portal.render.enrolment_sheet import enrolment_sheet
from portal.render.qr import qr_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _accounts(*, begins: bool = False) -> Iterator[Accounts]:
    """The staff list; `begins` where the first officer may come before the desk."""
    settings = DeskSettings()
    register = open_register(settings, upgrades=False) if begins else open_present(settings.url)
    try:
        yield open_accounts(settings, register)
    finally:
        register.close()


def _county(office: str) -> str:
    """County of an office, which decides the role; RequestError for an unknown one, "" is none.

    An auditor's too asks for the content: without it this is no place to begin a register.
    """
    paths = DeskSettings().paths
    offices = load(paths.content, paths.notices).site.offices
    if office and office not in offices:
        raise RequestError(f"site.toml 中没有单位“{office}”；可用：{'、'.join(sorted(offices))}")
    return (offices[office].county or "") if office else ""


def _fresh(_: click.Context, __: click.Parameter, value: Path | None) -> Path | None:
    if value is not None and value.exists():
        raise click.BadParameter(f"{value} 已经有了，不会覆盖")
    return value


_SHEET = click.option(
    "--sheet",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=_fresh,
    metavar="文件.html",
    help="把初始密码和二维码写成一页可以打印的 HTML 文件，不在终端显示。",
)


def _hand_out(handed: Credentials, sheet: Path | None) -> None:
    if sheet is not None:
        sheet.touch(mode=0o600, exist_ok=False)
        text = enrolment_sheet(handed.username, handed.password, handed.secret, handed.address)
        sheet.write_text(text, encoding="utf-8")
        click.echo(f"{handed.username} 的初始密码和二维码写在 {sheet}")
        click.echo("打印后当面交给本人，再删去文件。")
        return
    click.echo(qr_terminal(handed.address))
    click.echo(f"用户名      {handed.username}")
    click.echo(f"初始密码    {handed.password}（首次登录须修改）")
    click.echo(f"动态口令密钥  {handed.secret}")
    click.echo(f"验证器地址    {handed.address}")
    click.echo("以上内容只显示这一次，请当面交给本人。")


def _rights(_: click.Context, __: click.Parameter, value: str | None) -> frozenset[Right] | None:
    if value is None:
        return None
    parts = [part.strip() for part in value.split(",") if part.strip()]
    known = {right.value: right for right in Right}
    for part in parts:
        if part not in known:
            options = "、".join(f"{right.value}（{right.label}）" for right in Right)
            raise click.BadParameter(f"没有“{part}”这种权限；可选：{options}")
    return frozenset(known[part] for part in parts)


_MAY = click.option(
    "--may",
    callback=_rights,
    metavar="draft,review,sign-off",
    help="对公告草稿可以做什么：draft 经办、review 审核、sign-off 签发，用逗号分隔。",
)


@click.group("desk-user", help="可以登录工作台的人员。")
def command() -> None:
    """People who may sign in to the desk."""


@command.command("add", help="新增人员：某单位的经办人员，或者用 --auditor 新增审计员。")
@click.argument("username", metavar="用户名")
@click.option("--name", required=True, help="姓名，工作台这样显示。")
@click.option("--office", default="", help="所属单位的代号；审计员不写。")
@click.option("--auditor", is_flag=True, help="审计员：看记录和数目，不看内容。")
@click.option("--email", default="", help="新异议的提醒寄到哪里。")
@_MAY
@_SHEET
def add(  # noqa: PLR0917 - click passes them by name
    username: str,
    name: str,
    office: str,
    auditor: bool,
    email: str,
    may: frozenset[Right] | None,
    sheet: Path | None,
) -> None:
    """Add a person: an officer of an office, or with --auditor an auditor."""
    if auditor == bool(office):
        raise click.UsageError("经办人员用 --office 指定单位，审计员用 --auditor，二者选一")
    county = _county(office)
    role = Role.AUDITOR if auditor else Role.COUNTY if county else Role.CITY
    new = NewStaff(username, name, role, office, county, email, may=may or frozenset())
    with _accounts(begins=True) as accounts:
        _hand_out(accounts.add(new, datetime.now(SHANGHAI), f"管理员 {getpass.getuser()}"), sheet)


@command.command("allow", help="设定人员对公告草稿的权限；没有写到的，随即取消。")
@click.argument("username", metavar="用户名")
@_MAY
def allow(username: str, may: frozenset[Right] | None) -> None:
    """Set what a person may do about drafts."""
    if may is None:
        raise click.UsageError('用 --may 写明权限；全部取消用 --may ""')
    with _accounts() as accounts:
        accounts.allow(username, may, datetime.now(SHANGHAI), f"管理员 {getpass.getuser()}")
    labels = "、".join(right.label for right in Right if right in may) or "无"
    click.echo(f"{username} 的权限：{labels}")


@command.command("disable", help="停用人员，立即从各处退出登录。")
@click.argument("username", metavar="用户名")
def disable(username: str) -> None:
    """Shut a person out at once, in every open session."""
    with _accounts() as accounts:
        accounts.disable(username, datetime.now(SHANGHAI), f"管理员 {getpass.getuser()}")
    click.echo(f"已停用 {username}")


@command.command("reset", help="为人员重设密码和动态口令密钥。")
@click.argument("username", metavar="用户名")
@_SHEET
def reset(username: str, sheet: Path | None) -> None:
    """Give a person a new password and a new one-time secret."""
    with _accounts() as accounts:
        _hand_out(
            accounts.reset(username, datetime.now(SHANGHAI), f"管理员 {getpass.getuser()}"), sheet
        )
