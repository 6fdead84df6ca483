"""The demonstration's officers: fixed, printed, fictional; admitted only by PORTAL_DEMONSTRATION.

Their passwords and secrets are in this file for everyone to read, so `signin` refuses any account
marked as demonstration unless the settings say that this is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.casework.people import Right, Role
from portal.desk.entry.onetime import code_at

if TYPE_CHECKING:
    from datetime import datetime

PASSWORD = "yanshi-mima-2026"  # noqa: S105 - printed on purpose, refused elsewhere
PASSPHRASE = "yanshi-miyao-kouling"  # noqa: S105 - likewise


@dataclass(frozen=True, slots=True)
class DemonstrationStaff:
    """One fictional person; `office` "" takes the main office, a county's slug that county's."""

    username: str
    name: str
    role: Role
    secret: str
    may: frozenset[Right] = frozenset()


STAFF = (
    DemonstrationStaff(
        *("yanshi", "演示市级经办", Role.CITY, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"),
        frozenset({Right.DRAFT}),
    ),
    DemonstrationStaff("yanshi2", "演示市级复核", Role.CITY, "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"),
    DemonstrationStaff("xianqu", "演示县区经办", Role.COUNTY, "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK"),
    DemonstrationStaff(
        *("jingban", "演示公告经办", Role.COUNTY, "OBQXEZDPONXW63TFOBQXEZDPONXW63TF"),
        frozenset({Right.DRAFT}),
    ),
    DemonstrationStaff(
        *("shenhe", "演示公告审核", Role.CITY, "ONUGK3TIMVZWQZLOONUGK3TIMVZWQZLO"),
        frozenset({Right.DRAFT, Right.REVIEW}),
    ),
    DemonstrationStaff(
        *("qianfa", "演示公告签发", Role.CITY, "OFUWC3TGMFYWS33OOFUWC3TGMFYWS33O"),
        frozenset({Right.SIGN_OFF}),
    ),
    DemonstrationStaff("shenji", "演示审计员", Role.AUDITOR, "NBSWY3DPO5XXE3DENBSWY3DPO5XXE3DE"),
)


@dataclass(frozen=True, slots=True)
class DemonstrationOfficer:
    """What the demonstration's sign-in page shows of one."""

    username: str
    password: str
    code: str
    name: str


def officers_now(now: datetime) -> tuple[DemonstrationOfficer, ...]:
    """Every demonstration officer with the code of this moment."""
    return tuple(
        DemonstrationOfficer(s.username, PASSWORD, code_at(s.secret, now), s.name) for s in STAFF
    )
