"""A request that comes twice: its answer was lost, or the page was sent anew.

Files that were chosen before it lie in the draft no more once it was taken, so it cannot be told
by what the message says; what was pressed is noted in their place, encrypted as the draft was.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from typing import TYPE_CHECKING

from flask import request

from portal.domain.objection import MessageKind
from portal.errors import PortalError
from portal.submission.form_drafts import Draft

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.submission.form_drafts import DraftFile, DraftStore

_OF_THE_PAGE = frozenset({"csrf_token", "code", "token"})


def pressed_of(chosen: Sequence[DraftFile]) -> str:
    """Digest of this request: what was typed, ticked and chosen in it, nothing of before."""
    typed = sorted(pair for pair in request.form.items(multi=True) if pair[0] not in _OF_THE_PAGE)
    said = json.dumps((typed, [(file.name, file.sha256) for file in chosen]))
    return hashlib.sha256(said.encode()).hexdigest()


def note_sent(drafts: DraftStore, secret: bytes, pressed: str, kind: MessageKind) -> None:
    """Forget the draft, and note what was pressed; the message is stored, whatever fails here."""
    with suppress(OSError, PortalError):
        drafts.save(secret, Draft({"pressed": [pressed], "kind": [kind]}))


def kind_sent(draft: Draft, pressed: str) -> MessageKind | None:
    """What was stored of this very request before; None for any other."""
    same = draft.values.get("pressed") == [pressed]
    return MessageKind(draft.values["kind"][0]) if same else None
