"""The alarm: a file that is there while something is at fault, and a mail when that changes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from portal.domain.dates import write_meta
from portal.errors import reason_of
from portal.sealed.dropbox import publish_bytes
from portal.watching.findings import Level

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from portal.watching.findings import Found

_AGAIN = timedelta(days=1)


class Transport(Protocol):
    """What carries a mail; a failure is an OSError."""

    def send(self, recipient: str, subject: str, body: str) -> None:
        """Deliver one mail."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """alarm.txt for people and other programs, alarm.sent.json for what was mailed last."""

    state: Path

    @property
    def file(self) -> Path:
        """There while something is at fault."""
        return self.state / "alarm.txt"

    def tell(
        self,
        found: Sequence[Found],
        now: datetime,
        transport: Transport | None = None,
        recipients: Sequence[str] = (),
    ) -> str:
        """Write or remove the file; mail what changed, daily what lasts. Returns a mail's fault."""
        bad = [one for one in found if one.finding.level is Level.BAD]
        body = "\n".join([f"{write_meta(now)}的检查：", *(one.line for one in bad), ""])
        if bad:
            publish_bytes(self.state, self.file, body.encode())
        else:
            self.file.unlink(missing_ok=True)
        names = sorted(one.name for one in bad)
        before, at = self._sent()
        lasting = bool(names) and at is not None and now - at >= _AGAIN
        if transport is None or (names == before and not lasting):
            return ""
        subject = f"质量奖公示平台：{len(bad)}处故障" if bad else "质量奖公示平台：故障已消除"
        try:
            for recipient in recipients:
                transport.send(recipient, subject, body)
        except OSError as error:
            return f"报警邮件没有寄出，下次再寄：{reason_of(error)}"
        kept = json.dumps({"names": names, "at": now.isoformat()}).encode()
        publish_bytes(self.state, self.state / "alarm.sent.json", kept)
        return ""

    def _sent(self) -> tuple[list[str], datetime | None]:
        """What the last mail named, and when; a file that cannot be read is as none."""
        try:
            kept = json.loads((self.state / "alarm.sent.json").read_bytes())
            return list(map(str, kept["names"])), datetime.fromisoformat(kept["at"])
        except (OSError, ValueError, KeyError, TypeError):
            return [], None
