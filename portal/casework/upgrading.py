"""Upgrading a register that is in use: copied first, migrated once, left as it was on failure."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from portal.casework.register import Register, newest_revision, refuse_newer
from portal.casework.register_copy import copy_register, sqlite_file
from portal.errors import RequestError
from portal.sealed.dropbox import closed_folder


def open_present(url: str) -> Register:
    """A register as it is, nothing made or upgraded; RequestError unless it is this program's."""
    file = sqlite_file(url)
    if file is not None and not (Path(file).is_file() and Path(file).stat().st_size):
        raise RequestError(
            f"登记簿 {file} 不在，或者是空的：从备份恢复（portal restore，见 docs/operation.md）；"
            "没有用过的，先启动一次工作台"
        )
    register = Register(url)
    try:
        require_present(register)
    except BaseException:
        register.close()
        raise
    return register


def require_present(register: Register) -> None:
    """RequestError for tables of another revision than this program's, or none at all."""
    present = register.revision()
    refuse_newer(present)
    if present is None:
        raise RequestError("登记簿是空的：丢失了的从备份恢复；没有用过的，启动一次工作台")
    if present != newest_revision():
        raise RequestError(
            f"登记簿还是版本 {present}，本程序用 {newest_revision()}：先启动工作台，"
            "它先留副本再升级；别的命令不升级登记簿"
        )


def upgrade(register: Register, folder: Path) -> Path | None:
    """Bring a register to the newest revision; returns the copy made before, if one was needed.

    The copy is a SQLite file in `folder`, also of a PostgreSQL register; the one of the upgrade
    before goes, since it keeps rows that retention has emptied meanwhile.
    """
    present = register.revision()
    if present == newest_revision():
        return None
    refuse_newer(present)
    copy = _copied(register, folder, present) if present else None
    try:
        register.migrate()
    except SQLAlchemyError as error:
        kept = f"，升级以前的副本在 {copy}" if copy else ""
        raise RequestError(
            f"登记簿升级没有成功，仍是升级以前的样子{kept}；请装回原来的程序，并把经过交给管理员"
        ) from error
    return copy


def _copied(register: Register, folder: Path, present: str) -> Path:
    closed_folder(folder)
    target = folder / f"register-{present}.sqlite3"
    fresh = target.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    copy_register(register.engine.url.render_as_string(hide_password=False), fresh)
    fresh.chmod(0o600)
    for older in folder.glob("register-*.sqlite3"):
        older.unlink()
    return fresh.replace(target)
