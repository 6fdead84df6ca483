"""Settings of what several public hosts share: an object store and a database of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portal.config.common import text
from portal.config.wrong_settings import refuse
from portal.errors import RequestError
from portal.sealed.object_store import ObjectStore
from portal.sealed.store_box import StoreBox

if TYPE_CHECKING:
    from pathlib import Path

_ADDRESS = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/([A-Za-z0-9/_-]+?))?/?")


def bucket_of(setting: str, address: str) -> tuple[str, str]:
    """Bucket and prefix of `s3://bucket/prefix`; RequestError, which names the setting."""
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise RequestError(f"{setting} 应为 s3://桶/前缀，现为“{address}”")
    return found[1], found[2] or ""


def _store() -> str:
    """The drop box's bucket; whatever is no address of one is told at once, not when first used."""
    given = text("PORTAL_STORE")
    if given and _ADDRESS.fullmatch(given) is None:
        return refuse("PORTAL_STORE", f"应为 s3://桶/前缀，现为“{given}”", "")
    return given


@dataclass(frozen=True)
class SharedSettings:
    """Where the drop box and half-filled forms lie when they are not folders of one machine.

    Environment: PORTAL_STORE (s3://bucket/prefix; unset: the folder PORTAL_DROPBOX),
    PORTAL_STORE_ENDPOINT (https://… of the store), PORTAL_STORE_REGION; the credentials are those
    that every S3 program reads: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY. PORTAL_FORM_DATABASE
    (postgresql://… of the public hosts alone, never the register's; unset: PORTAL_SPOOL).
    """

    store: str = field(default_factory=_store)
    endpoint: str = field(default_factory=lambda: text("PORTAL_STORE_ENDPOINT"))
    region: str = field(default_factory=lambda: text("PORTAL_STORE_REGION"))
    database: str = field(default_factory=lambda: text("PORTAL_FORM_DATABASE"), repr=False)

    def box(self, tmp: Path) -> StoreBox | None:
        """The drop box in the store; None where it is a folder. `tmp` is for large envelopes."""
        if not self.store:
            return None
        bucket, prefix = bucket_of("PORTAL_STORE", self.store)
        return StoreBox(ObjectStore(bucket, prefix, self.endpoint, self.region), tmp)


NOTHING_SHARED = SharedSettings("", "", "", "")
"""For what must never touch the live store: a drill, a demonstration."""
