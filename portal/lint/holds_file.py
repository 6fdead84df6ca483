"""holds.json: the desk's export of entries held back; a list is let through only by a sound one.

{"about": "holds", "generated": "2026-03-04T10:00:00+08:00",
"holds": [{"edition": …, "county": …, "name": …, "category": …, "employer": …,
"state": "open" or "upheld", "case": "YY20260304-…"}],
"signature": …}
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from portal.domain.standing import Hold
from portal.domain.workdays import SHANGHAI
from portal.errors import VerificationError
from portal.ledger.statements import read_statement

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_STATES = {"open": False, "upheld": True}


@dataclass(frozen=True, slots=True)
class HoldsFile:
    """What the export says; `fault` in words where it cannot be relied on, and then nothing else.

    `present` tells whether there is a file at all.
    """

    fault: str = ""
    present: bool = True
    generated: datetime | None = None
    holds: tuple[tuple[str, Hold], ...] = ()


NO_HOLDS = HoldsFile("没有异议情况文件 holds.json", present=False)


def read_holds(
    path: Path | None, public: str | None, county_name: Callable[[str], str]
) -> HoldsFile:
    """Read the export, each hold with its edition; `public` is the desk's key, base64."""
    if path is None or not path.exists():
        return NO_HOLDS
    if public is None:
        return HoldsFile("没有工作台的公钥 keys/public/desk.pub，不能核对 holds.json 是谁导出的")
    try:
        content = read_statement(path.read_bytes(), "holds", public)
        generated = datetime.fromisoformat(content["generated"]).astimezone(SHANGHAI)
        held = tuple(_hold(row, county_name) for row in content["holds"])
    except OSError as error:
        return HoldsFile(f"异议情况文件读不出来（系统错误{error.errno}）")
    except VerificationError as error:
        return HoldsFile(f"异议情况文件 holds.json {error}")
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return HoldsFile("异议情况文件 holds.json 的格式不对")
    return HoldsFile(generated=generated, holds=held)


def _hold(row: dict[str, Any], county_name: Callable[[str], str]) -> tuple[str, Hold]:
    hold = Hold(
        row["name"],
        row["category"],
        county_name(row["county"]),
        _STATES[row["state"]],
        row["case"],
        row.get("employer", ""),
    )
    return row["edition"], hold
