"""Upgrading a register that is in use: copied first, migrated once, left as it was on failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from portal.casework.register import newest_revision, refuse_newer
from portal.casework.register_copy import copy_register
from portal.errors import RequestError
from portal.sealed.dropbox import closed_folder

if TYPE_CHECKING:
    from pathlib import Path

    from portal.casework.register import Register


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
