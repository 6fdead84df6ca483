"""The drill: an archive is restored into an empty place, and worked with there as after a loss.

Nothing of it touches what runs: no mail is sent, nothing is collected, and the place is removed.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from portal.backup.backup_format import CONTENT, NOTICES
from portal.casework.audit import verify
from portal.casework.people import Role
from portal.casework.register_copy import kept_cases, row_counts
from portal.casework.retention import check_store
from portal.casework.rollback import noted_head, rolled_back
from portal.casework.unsealing import objection_of, unseal_file
from portal.config.common import Paths
from portal.config.desk_settings import DeskSettings, MailSettings, SmsSettings
from portal.config.public_settings import PublicSettings
from portal.config.shared_settings import NOTHING_SHARED
from portal.desk.entry.accounts import NewStaff
from portal.desk.entry.onetime import code_at
from portal.errors import PortalError, RequestError, reason_of
from portal.ledger.chain import sound_lines
from portal.ledger.ledger_lines import LEDGER_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from flask import Flask

    from portal.backup.backup_reader import Restored
    from portal.casework.key_store import KeyStore
    from portal.casework.models import Case
    from portal.desk.services import Desk

_TRIAL = "drill.check"
_LABELS = {
    "cases": "案件",
    "case_messages": "往来",
    "staff": "人员",
    "audit_lines": "审计记录",
    "approvals": "提请与复核",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing tried: what, whether it went well, what to say, how long it took."""

    title: str
    good: bool
    words: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What the drill is told: whose sign-in, which case; `ask` is asked for what is typed."""

    ask: Callable[[str], str]
    username: str = ""
    case: str = ""
    keys: Path | None = None
    """Keys that are kept away from this machine, and so from its backups."""


@dataclass
class Drill:
    """A restored place under trial; `steps` is the report."""

    restored: Restored
    asked: Asked
    clock: Callable[[], datetime]
    database: str = ""
    ticks: Callable[[], float] = time.monotonic
    steps: list[Step] = field(default_factory=list)

    def run(self) -> Sequence[Step]:
        """Try everything; a failure of one step does not keep the others from being tried."""
        self._try("台账", self._ledger)
        self._try("公开网站", self._public)
        if self.restored.manifest.rows:
            self._with_desk()
        return self.steps

    def _try(self, title: str, act: Callable[[], str]) -> None:
        begun = self.ticks()
        try:
            words, good = act(), True
        except PortalError as error:
            words, good = str(error), False
        except Exception as error:  # noqa: BLE001 - a drill tells whatever went wrong
            words, good = reason_of(error), False
        self.steps.append(Step(title, good, words, self.ticks() - begun))

    def _paths(self) -> Paths:
        return Paths(
            self.restored.folders(CONTENT),
            self.restored.folders(NOTICES),
            self.restored.state,
            drafts=False,
        )

    def _ledger(self) -> str:
        lines = 0
        for folder in self.restored.folders(NOTICES):
            lines += len(sound_lines(folder / LEDGER_NAME))
        return f"{lines}行，链条和签名完好"

    def _public(self) -> str:
        from portal.public import create_app as create_public  # asking for help loads no app

        state = self.restored.state
        settings = PublicSettings(
            paths=self._paths(),
            secret=self.restored.settings.get("PORTAL_SECRET", ""),
            keys_folder=state / "keys",
            dropbox_folder=state / "dropbox",
            spool_folder=state / "spool",
            shared=NOTHING_SHARED,
        )
        if not settings.paths.content:
            return "备份里没有内容文件夹，没有试"
        app = create_public(settings, self.clock)
        root = app.jinja_env.globals["root"]
        for address in ("/", "/objections/status"):
            status = app.test_client().get(f"{root}{address}").status_code
            if status != 200:  # noqa: PLR2004 - HTTP's own number
                raise RequestError(f"{address} 答复 {status}")
        return "首页和异议表单可以打开"

    def _desk_settings(self) -> DeskSettings:
        state = self.restored.state
        return DeskSettings(
            paths=self._paths(),
            database=self.database or f"sqlite:///{state / 'desk' / 'register.sqlite3'}",
            secret=self.restored.settings.get("PORTAL_DESK_SECRET", ""),
            keys_folder=state / "keys",
            dropbox_folder=state / "dropbox",
            carrier="",
            plain_http=True,
            mail=MailSettings(host=""),
            sms=SmsSettings(url=""),
            shared=NOTHING_SHARED,
        )

    def _with_desk(self) -> None:
        from portal.desk.desk_app import create_app as create_desk

        app: list[Flask] = []

        def opened() -> str:
            app.append(create_desk(self._desk_settings(), self.clock))
            return "登记簿可以打开"

        self._try("工作台", opened)
        if not app:
            return
        desk: Desk = app[0].extensions["portal.desk"]
        try:
            self._try("数目", lambda: self._counts(desk))
            self._try("审计链", lambda: self._audit(desk))
            self._try("信封", lambda: self._envelopes(desk))
            self._try("登录", lambda: self._sign_in(app[0], desk))
            self._try("启封", lambda: self._case(desk))
        finally:
            desk.room.register.close()

    def _counts(self, desk: Desk) -> str:
        before, now = self.restored.manifest.rows, row_counts(desk.room.register)
        other = [
            f"{_LABELS.get(name, name)} 备份时{before[name]}，恢复后{now.get(name, 0)}"
            for name in before
            if now.get(name, 0) != before[name]
        ]
        if other:
            raise RequestError("；".join(other))
        return "，".join(f"{label}{before.get(name, 0)}" for name, label in _LABELS.items())

    def _audit(self, desk: Desk) -> str:
        with desk.room.register.read() as session:
            head = verify(session)
            fault = rolled_back(session, noted_head(desk.room))
        if fault or f"{head.seq}:{head.hash}" != self.restored.manifest.head:
            raise RequestError(fault or f"末行 {head.seq}:{head.hash} 与备份时的不同")
        return f"{head.seq}行，末行 {head.seq}:{head.hash[:16]}…"

    def _envelopes(self, desk: Desk) -> str:
        # An envelope that came after the register was copied is registered by the next collecting.
        faults = [f for f in check_store(desk.room) if not f.endswith("请收取一次")]
        if faults:
            raise RequestError(f"{len(faults)}处不符，如 {faults[0]}")
        inbox = self.restored.manifest.files_below("state/dropbox/inbox", ".sealed")
        kept = self.restored.manifest.files_below("state/desk", ".sealed")
        return f"工作台{kept}个，投件箱{inbox}个，与登记簿一致"

    def _sign_in(self, app: Flask, desk: Desk) -> str:
        people = [staff for staff in desk.accounts.everyone() if not staff.disabled]
        dead = desk.accounts.locked_out()
        if dead:
            raise RequestError(
                f"{len(dead)}人的动态口令密钥打不开（如 {dead[0]}）：备份里的工作台密钥不是登记簿的"
            )
        if self.asked.username:
            username = self.asked.username
            password = self.asked.ask(f"{username} 的密码：")
            code = self.asked.ask(f"{username} 的动态口令：")
        else:
            username = _TRIAL
            now = self.clock()
            new = NewStaff(username, "演练", Role.AUDITOR)
            handed = desk.accounts.add(new, now, "演练")
            password, code = handed.password, code_at(handed.secret, now)
        return _signed_in(app, username, password, code, len(people))

    def _case(self, desk: Desk) -> str:
        places = [desk.room.keys]
        if self.asked.keys is not None:
            places.append(replace(desk.room.keys, root=self.asked.keys))
        found = self._chosen(desk, places)
        if found is None:
            return "没有要启封的案件，没有试"
        case, keys = found
        passphrase = self.asked.ask(f"{case.office} 对 {case.notice} 的密钥口令：")
        identity = keys.identity(case.office, case.notice, passphrase)
        unsealed = unseal_file(desk.room.envelope(case.lookup), [identity])
        objection = objection_of(unsealed)
        return f"{case.number} 可以启封，正文{len(objection.facts)}字，附件{len(unsealed.files)}个"

    def _chosen(self, desk: Desk, places: Sequence[KeyStore]) -> tuple[Case, KeyStore] | None:
        """A case and where its key lies; RequestError where there are cases, but no key of any."""
        locked: list[Case] = []
        for case in kept_cases(desk.room.register, self.asked.case):
            for keys in places:
                if keys.identity_path(case.office, case.notice).exists():
                    return case, keys
            if not _destroyed(desk.room.keys, case):
                locked.append(case)
        if self.asked.case:
            raise RequestError(f"备份里没有案件 {self.asked.case}，或者它的私钥不在备份里")
        if locked:
            one = locked[0]
            raise RequestError(
                f"备份里有{len(locked)}件案件，没有一件的私钥在备份里，恢复以后打不开（如 "
                f"{one.office} 对 {one.notice} 的）；私钥另有保管的，用 --keys 指明那个文件夹再演练"
            )
        return None


def _destroyed(keys: KeyStore, case: Case) -> bool:
    """Whether the key was destroyed on this machine, on record, and is not only lost."""
    on_record = any((keys.root / "destroyed").glob(f"{case.notice}.*.json"))
    return on_record and not keys.public.recipient(case.office, case.notice)


def _signed_in(app: Flask, username: str, password: str, code: str, people: int) -> str:
    """Through the sign-in page itself, as a browser would."""
    client = app.test_client()
    page = client.get("/sign-in").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    form = {"username": username, "password": password, "code": code}
    answer = client.post("/sign-in", data={**form, "csrf_token": token[1] if token else ""})
    if answer.status_code != 302:  # noqa: PLR2004 - HTTP's own number
        raise RequestError(f"{username} 不能登录（{answer.status_code}）")
    if client.get(answer.location, follow_redirects=True).status_code != 200:  # noqa: PLR2004
        raise RequestError("登录以后的页面打不开")
    who = "临时账户" if username == _TRIAL else username
    return f"{who}可以登录；{people}人的动态口令密钥都打得开"


def report(steps: Sequence[Step], minutes: float) -> str:
    """The report as it is printed and filed."""
    lines = [
        f"{'通过' if step.good else '未通过'}  {step.title}：{step.words}（{step.seconds:.1f}秒）"
        for step in steps
    ]
    bad = sum(not step.good for step in steps)
    verdict = f"演练没有通过：{bad}项" if bad else "演练通过：用这份备份可以恢复工作"
    return "\n".join([*lines, f"{verdict}；共用时{minutes:.1f}分钟"])
