"""Whether what the public reads is what was built last: the site's signed list, there and here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from portal.domain.dates import write_meta
from portal.editorial.delivery import Way
from portal.errors import RequestError
from portal.ledger.siteproof import MANIFEST
from portal.watching.findings import Check, Finding, Level, good

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from portal.config.publishing_settings import PublishingSettings
    from portal.editorial.delivery import Delivery

_UNDER_WAY = timedelta(minutes=15)
"""A delivery, and what stands before the public's servers, may take so long."""
_AGAIN = "运行 portal publications --deliver 再送一次"


def delivery_check(read: Callable[[], PublishingSettings]) -> Check:
    """The check; settings that cannot be read are its finding."""

    def look(now: datetime) -> Finding:
        settings = read()
        words = settings.delivery.ready()
        if settings.delivery.way is not Way.FOLDER and not settings.texts.targets:
            words += "；没有设置 PORTAL_DELIVERY_TEXTS，公开表单要的文字不随网站送去"
        return _compared(settings.delivery, settings.build.out, now, words)

    return Check("delivery", "送出网站", look)


def _compared(delivery: Delivery, site: Path, now: datetime, words: str) -> Finding:
    if not site.is_dir():
        return good(f"{words}；还没有生成网站")  # the check of the build tells it
    copied = delivery.target or delivery.store is not None
    if not (copied or delivery.address):
        return good(words)
    manifest = site / MANIFEST
    try:
        at = datetime.fromtimestamp(manifest.stat().st_mtime, now.tzinfo)
    except FileNotFoundError:
        at = datetime.fromtimestamp(site.stat().st_mtime, now.tzinfo)
        return _unsigned(at, now, words) if copied else good(words)
    trouble = _trouble(delivery, manifest, at) if delivery.seen else ""
    age = max(0.0, (now - at).total_seconds())
    behind = ("behind_seconds", age if trouble else 0)
    if not trouble:
        unseen = "" if delivery.seen else "；没有设置 PORTAL_PUBLIC_ADDRESS，看不到公开的是哪一份"
        return good(f"{words}{unseen}", behind)
    if now - at < _UNDER_WAY:
        return good(f"{words}；{write_meta(at)}签名的网站正在送出", behind)
    level, remedy = Level.BAD, f"{_AGAIN}；还是这样的，检查送出的目标、网站服务器和缓存"
    if delivery.way is Way.CARRIED and not delivery.address:
        level, remedy = Level.SOON, f"{_AGAIN}，带到公开网站的机器上"
    return Finding(level, trouble, remedy, (behind,))


def _trouble(delivery: Delivery, manifest: Path, at: datetime) -> str:
    """How the public's list differs from the one that was signed here; empty where it does not."""
    try:
        public = delivery.public(MANIFEST)
    except RequestError as error:
        return str(error)
    if public == manifest.read_bytes():
        return ""
    signed = f"这里{write_meta(at)}签名的"
    return f"公开的网站不是{signed}那一份" if public else f"公开的地方没有{signed}网站"


def _unsigned(at: datetime, now: datetime, words: str) -> Finding:
    """A site that `portal build` made after the last publication was delivered."""
    behind = ("behind_seconds", max(0.0, (now - at).total_seconds()))
    if now - at < _UNDER_WAY:
        return good(f"{words}；{write_meta(at)}又生成过，还没有签名", behind)
    told = f"{write_meta(at)}又生成过网站，新的没有签名，也没有送出"
    return Finding(Level.SOON, told, f"{_AGAIN}，会先问签名密钥的口令", (behind,))
