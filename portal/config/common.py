"""Settings every root needs: where the content, the notices and the local state live."""

from __future__ import annotations

import os
import secrets
import shlex
from dataclasses import dataclass, field
from pathlib import Path

from portal.config.wrong_settings import refuse
from portal.domain.unrecorded import Unrecorded
from portal.errors import RequestError


def _paths(name: str, default: str) -> tuple[Path, ...]:
    return tuple(Path(part) for part in os.environ.get(name, default).split(os.pathsep) if part)


def text(name: str) -> str:
    """A variable of the environment; empty where it is not set."""
    return os.environ.get(name, "")


_DIGITS = 15


def number(name: str, default: int, least: int = 0) -> int:
    """A whole number of at least `least`; RequestError for anything else."""
    given = os.environ.get(name, str(default))
    whole = given.isascii() and given.isdigit() and len(given) <= _DIGITS
    if not (whole and int(given) >= least):
        kind = "正整数" if least else "非负整数"
        return refuse(name, f"应为{kind}，现为“{given}”", default)
    return int(given)


def command(name: str) -> tuple[str, ...]:
    """A command with its arguments, quoted as in a shell; empty where it is not set."""
    try:
        return tuple(shlex.split(text(name)))
    except ValueError:
        return refuse(name, "的引号没有成对", ())


def names(name: str) -> frozenset[str]:
    """Several names, separated by commas."""
    return frozenset(filter(None, (part.strip() for part in text(name).split(","))))


def web_address(name: str) -> str:
    """An address of the web; empty where it is not set, RequestError for anything else."""
    given = text(name)
    if given and not given.startswith(("https://", "http://")):
        return refuse(name, f"应以 https:// 或 http:// 开头，现为“{given}”", "")
    return given


def yes(name: str) -> bool:
    """Whether something is switched on: 1, yes or true."""
    return text(name).lower() in {"1", "yes", "true"}


_LEAST_SECRET = 32


def kept_secret(path: Path) -> str:
    """The secret of a file of mode 600 that is made on first use.

    Two workers that start at once end with one secret: the file appears whole, or not at all.
    """
    if not path.exists():
        for above in reversed([one for one in path.parents if not one.is_dir()]):
            above.mkdir(mode=0o700, exist_ok=True)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(_LEAST_SECRET))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return read_secret(path)


def read_secret(path: Path) -> str:
    """A secret made earlier; RequestError where the file is empty, cut or no text."""
    try:
        secret = path.read_text(encoding="ascii").strip()
    except UnicodeDecodeError:
        secret = ""
    if len(secret) < _LEAST_SECRET or not secret.isalnum():
        raise RequestError(
            f"密钥文件 {path} 为空或者损坏：请从备份恢复；没有备份时删去它，重新启动会另做一个，"
            "此前的登录和填到一半的表单随之失效"
        )
    return secret


@dataclass(frozen=True)
class Paths:
    """Folders. The first content folder holds the site; further ones only add editions.

    Environment: PORTAL_CONTENT and PORTAL_NOTICES (several, separated by ":"), PORTAL_STATE, and
    PORTAL_DRAFTS (1: a preview, which shows what the ledger does not hold, marked 预览).
    """

    content: tuple[Path, ...] = field(default_factory=lambda: _paths("PORTAL_CONTENT", "content"))
    notices: tuple[Path, ...] = field(default_factory=lambda: _paths("PORTAL_NOTICES", "notices"))
    state: Path = field(default_factory=lambda: Path(os.environ.get("PORTAL_STATE", "var")))
    drafts: bool = field(default_factory=lambda: os.environ.get("PORTAL_DRAFTS", "") == "1")

    @property
    def unrecorded(self) -> Unrecorded:
        """What becomes of texts that the ledger does not hold."""
        return Unrecorded.MARKED if self.drafts else Unrecorded.LEFT_OUT
