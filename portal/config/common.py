"""Settings every root needs: where the content, the notices and the local state live."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from portal.errors import RequestError


def _paths(name: str, default: str) -> tuple[Path, ...]:
    return tuple(Path(part) for part in os.environ.get(name, default).split(os.pathsep) if part)


_LEAST_SECRET = 32


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

    Environment: PORTAL_CONTENT and PORTAL_NOTICES (several, separated by ":"), PORTAL_STATE.
    """

    content: tuple[Path, ...] = field(default_factory=lambda: _paths("PORTAL_CONTENT", "content"))
    notices: tuple[Path, ...] = field(default_factory=lambda: _paths("PORTAL_NOTICES", "notices"))
    state: Path = field(default_factory=lambda: Path(os.environ.get("PORTAL_STATE", "var")))
