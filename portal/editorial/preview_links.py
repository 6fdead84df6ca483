"""Links by which a leader without an account sees one draft, for a stated time, and nothing else.

    drafts/.links/<SHA-256 of the token>.json

The token is random and stands in the link alone; who reads the folder cannot make it out of its
sum. A link ends at its time, when it is taken back, and with the draft.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from portal.casework.audit import Action, record
from portal.domain.workdays import SHANGHAI
from portal.editorial.drafts import write_whole
from portal.errors import RequestError
from portal.sealed.dropbox import closed_folder

if TYPE_CHECKING:
    from pathlib import Path

    from portal.casework.register import Register
    from portal.editorial.drafts import Drafts

LONGEST = timedelta(days=7)
_FOLDER = ".links"
_MOST = 20


@dataclass(frozen=True, slots=True)
class PreviewLink:
    """A link that was handed out; `id` names it where it is taken back, and opens nothing."""

    id: str
    slug: str
    made_by: str
    until: datetime


@dataclass(frozen=True)
class PreviewLinks:
    """The links of all drafts."""

    drafts: Drafts
    register: Register

    @property
    def _folder(self) -> Path:
        return self.drafts.root / _FOLDER

    def hand_out(self, slug: str, made_by: str, now: datetime, lasts: timedelta) -> str:
        """A new link; gives the token, which is nowhere else."""
        if not timedelta(0) < lasts <= LONGEST:
            raise RequestError(f"预览链接最长{LONGEST.days}天")
        if len(self.of(slug, now)) >= _MOST:
            raise RequestError(f"一份草稿最多{_MOST}个预览链接，请先收回不用的")
        token = secrets.token_urlsafe(32)
        # First on record, then handed out: no link is about that nobody made.
        self._record(made_by, Action.PREVIEW_LINK, slug, now, until=(now + lasts).isoformat())
        closed_folder(self._folder)
        content = {"slug": slug, "by": made_by, "until": (now + lasts).isoformat()}
        write_whole(self._folder / f"{_sum(token)}.json", json.dumps(content).encode())
        return token

    def find(self, token: str, now: datetime) -> PreviewLink | None:
        """The link of a token, if it still holds and its draft is still there."""
        link = self._read(self._folder / f"{_sum(token)}.json")
        if link is None or link.until <= now or link.slug not in self.drafts.slugs():
            return None
        return link

    def of(self, slug: str, now: datetime) -> list[PreviewLink]:
        """The links of a draft that still hold; those that are over are forgotten."""
        found = []
        for path in sorted(self._folder.glob("*.json")):
            link = self._read(path)
            if link is None or link.until <= now:
                path.unlink(missing_ok=True)
            elif link.slug == slug:
                found.append(link)
        return found

    def take_back(self, slug: str, link_id: str, by: str, now: datetime) -> None:
        """End a link of a draft at once."""
        if any(link.id == link_id for link in self.of(slug, now)):
            (self._folder / f"{link_id}.json").unlink(missing_ok=True)
            self._record(by, Action.PREVIEW_LINK_END, slug, now)

    def _record(self, by: str, action: Action, slug: str, now: datetime, **more: str) -> None:
        with self.register.write() as session:
            record(session, now, by, action, detail={"draft": slug, **more})

    def _read(self, path: Path) -> PreviewLink | None:
        try:
            content = json.loads(path.read_bytes())
            until = datetime.fromisoformat(content["until"]).astimezone(SHANGHAI)
            return PreviewLink(path.stem, str(content["slug"]), str(content["by"]), until)
        except (OSError, ValueError, KeyError, TypeError):
            return None


def _sum(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
