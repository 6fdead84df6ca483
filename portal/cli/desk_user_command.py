"""`portal desk-user add|disable|reset`: who may sign in to the desk."""

from __future__ import annotations

import getpass
from datetime import datetime
from typing import TYPE_CHECKING

import click

from portal.casework.people import Role
from portal.config.desk_settings import DeskSettings
from portal.content.loader import load
from portal.desk.entry.accounts import Accounts, Credentials, NewStaff
from portal.desk.services import open_accounts, open_register
from portal.domain.workdays import SHANGHAI
from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _accounts() -> Iterator[Accounts]:
    settings = DeskSettings()
    register = open_register(settings)
    try:
        yield open_accounts(settings, register)
    finally:
        register.close()


def _county(office: str) -> str:
    """County of an office, which decides the role; RequestError for an unknown one."""
    paths = DeskSettings().paths
    offices = load(paths.content, paths.notices).site.offices
    if office not in offices:
        raise RequestError(f"site.toml 中没有单位“{office}”；可用：{'、'.join(sorted(offices))}")
    return offices[office].county or ""


def _hand_out(handed: Credentials) -> None:
    click.echo(f"用户名      {handed.username}")
    click.echo(f"初始密码    {handed.password}（首次登录须修改）")
    click.echo(f"动态口令密钥  {handed.secret}")
    click.echo(f"验证器地址    {handed.address}")
    click.echo("以上内容只显示这一次，请当面交给本人。")


@click.group("desk-user")
def command() -> None:
    """People who may sign in to the desk."""


@command.command("add")
@click.argument("username")
@click.option("--name", required=True, help="The person's name as the desk shows it.")
@click.option("--office", default="", help="Slug of the office; left out for an auditor.")
@click.option("--auditor", is_flag=True, help="Sees the log and the counts, no contents.")
@click.option("--email", default="", help="Where notices of new objections go.")
def add(username: str, name: str, office: str, auditor: bool, email: str) -> None:
    """Add a person: an officer of an office, or with --auditor an auditor."""
    if auditor == bool(office):
        raise click.UsageError("经办人员用 --office 指定单位，审计员用 --auditor，二者选一")
    county = "" if auditor else _county(office)
    role = Role.AUDITOR if auditor else Role.COUNTY if county else Role.CITY
    new = NewStaff(username, name, role, office, county, email)
    with _accounts() as accounts:
        _hand_out(accounts.add(new, datetime.now(SHANGHAI), f"管理员 {getpass.getuser()}"))


@command.command("disable")
@click.argument("username")
def disable(username: str) -> None:
    """Shut a person out at once, in every open session."""
    with _accounts() as accounts:
        accounts.disable(username, datetime.now(SHANGHAI), f"管理员 {getpass.getuser()}")
    click.echo(f"已停用 {username}")


@command.command("reset")
@click.argument("username")
def reset(username: str) -> None:
    """Give a person a new password and a new one-time secret."""
    with _accounts() as accounts:
        _hand_out(accounts.reset(username, datetime.now(SHANGHAI), f"管理员 {getpass.getuser()}"))
