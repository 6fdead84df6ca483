"""Checks of what is published and of what citizens send; nothing here needs a private key."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from portal.content.queries import All
from portal.domain.dates import write_clock, write_meta
from portal.domain.workdays import SHANGHAI
from portal.errors import SealError, reason_of
from portal.ledger.chain import sound_lines
from portal.ledger.ledger_lines import LEDGER_NAME, line_digest
from portal.ledger.noted_heads import refuse_shortened
from portal.sealed.sm_curve import require_library
from portal.sealed.suites import SM
from portal.watching.findings import Check, Finding, Level, good

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from portal.content.catalogue import Catalogue
    from portal.sealed.boxes import Box
    from portal.sealed.public_keys import PublicKeys

_SOON = timedelta(days=3)
_WAITING, _TOO_LONG = timedelta(hours=2), timedelta(hours=26)
_BUILD = timedelta(minutes=15)
_WATCH = "看 portal build --watch 是否在运行，有没有报错"
_NEXT_YEAR_FROM = 12
_ROOM = 4


def keys_of_windows(catalogue: Callable[[], Catalogue], keys: PublicKeys) -> Check:
    """Whether each window that is open, or opens within three days, can take objections."""

    def look(now: datetime) -> Finding:
        soon = [
            notice
            for notice in catalogue().windowed()
            if notice.window and notice.window.opens_at - _SOON <= now < notice.window.closes_at
        ]
        if (mixed := _unusable([notice.slug for notice in soon], keys)) is not None:
            return mixed
        ahead = [notice for notice in soon if not keys.takes_objections(notice.slug)]
        opened = [one.slug for one in soon if one.window and one.window.opens_at <= now]
        damaged = _damaged(opened, keys)
        if damaged is not None and (damaged.level is Level.BAD or not ahead):
            return damaged
        if not ahead:
            return good("开着的和三天内开始的公示期都有公钥")
        slugs = "、".join(notice.slug for notice in ahead)
        begun = any(notice.slug in opened for notice in ahead)
        return Finding(
            Level.BAD if begun else Level.SOON,
            f"缺少公钥：{slugs}，{'公示期已开始，' if begun else ''}异议无法提交",
            "在工作台的机器上运行 portal keys new，再把 keys/public 带到公开网站的机器",
        )

    return Check("keys", "公示期的公钥", look)


def _damaged(opened: Sequence[str], keys: PublicKeys) -> Finding | None:
    """Key files that cannot be used; a fault for a window that is open, else to be seen to."""
    faults = keys.faults()
    if not faults:
        return None
    level = Level.BAD if any(fault.notice in opened for fault in faults) else Level.SOON
    remedies = dict.fromkeys(fault.remedy for fault in faults)
    return Finding(level, "；".join(fault.words for fault in faults), "。".join(remedies))


def _unusable(slugs: Sequence[str], keys: PublicKeys) -> Finding | None:
    """Keys of two suites for one window, or of one that this machine cannot use; None for none."""
    for slug in slugs:
        suites = keys.suites(slug)
        if len(suites) > 1:
            words = "、".join(suite.word for suite in suites)
            return Finding(
                Level.BAD,
                f"{slug} 的公钥不是同一套（{words}），异议无法提交",
                "只留一套：portal keys list 查看，没有收到异议的一套用 portal keys destroy 销毁",
            )
        if SM in suites:
            try:
                require_library()
            except SealError as error:
                return Finding(Level.BAD, f"{slug} 用国密公钥：{error}", "安装系统的 openssl 3")
    return None


def free_disk(folders: Sequence[Path], floor: int) -> Check:
    """Whether each folder's disk has room; `floor` is the number of bytes below which we refuse."""

    def look(_now: datetime) -> Finding:
        folder, free = min(((one, _free(one)) for one in folders), key=lambda pair: pair[1])
        if free >= _ROOM * floor:
            return good("磁盘空间充足", ("free_bytes", free))
        return Finding(
            Level.BAD if free < floor else Level.SOON,
            f"{folder} 所在的磁盘只剩{free / 2**30:.1f} GB，低于{floor / 2**30:.1f} GB时不接收异议",
            "清理磁盘，或者换大的",
            (("free_bytes", free),),
        )

    return Check("disk", "磁盘空间", look)


def _free(folder: Path) -> int:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


def collected(box: Box) -> Check:
    """Whether what citizens sent has been fetched; the oldest envelope in the inbox tells."""

    def look(now: datetime) -> Finding:
        times = box.arrivals()
        if not times:
            return good("投件箱是空的", ("waiting", 0), ("oldest_seconds", 0))
        oldest = datetime.fromtimestamp(min(times), SHANGHAI)
        words = f"投件箱里有{len(times)}件，最早的是{write_meta(oldest)}收到的"
        age = max(0.0, (now - oldest).total_seconds())
        figures = ("waiting", len(times)), ("oldest_seconds", age)
        if now - oldest < _WAITING:
            return good(words, *figures)
        return Finding(
            Level.BAD if now - oldest > _TOO_LONG else Level.SOON,
            f"{words}，一直没有收取",
            "看工作台是否在运行；分两台机器的，看 portal collect 和携带的文件夹",
            figures,
        )

    return Check("collected", "收取异议", look)


def calendar_data(catalogue: Callable[[], Catalogue]) -> Check:
    """Whether working days can be told this year, and from December on in the next."""

    def look(now: datetime) -> Finding:
        years = catalogue().calendar.years
        wanted = [now.year] + ([now.year + 1] if now.month >= _NEXT_YEAR_FROM else [])
        missing = [year for year in wanted if year not in years]
        if not missing:
            return good(f"有{wanted[-1]}年的放假安排")
        return Finding(
            Level.BAD if missing[0] == now.year else Level.SOON,
            f"没有{missing[0]}年的放假安排，不能推算公示期",
            "更新软件，或者照国务院办公厅的通知录入 content/calendar.yaml",
        )

    return Check("calendar", "放假安排", look)


def ledgers(folders: Sequence[Path], key: Path) -> Check:
    """Whether each ledger's chain and signatures hold; what held before is not checked again.

    `key` is the ledger's key: beside it the last lines are noted, on the machine that signs.
    """
    known: dict[Path, tuple[str, ...]] = {}

    def look(_now: datetime) -> Finding:
        count = 0
        refuse_shortened(key, [folder / LEDGER_NAME for folder in folders])
        for folder in folders:
            rows = sound_lines(folder / LEDGER_NAME, known.get(folder, ()))
            if len(rows) < len(known.get(folder, ())):
                return Finding(
                    Level.BAD,
                    f"{folder / LEDGER_NAME} 比先前少了内容",
                    "从备份恢复台账（docs/ledger.md）",
                )
            known[folder] = rows
            count += len(rows)
        if not count:
            return Finding(
                Level.SOON, "台账里还没有登记任何公告", "用 portal publish 登记以后才会公开"
            )
        heads = "、".join(line_digest(rows[-1])[:16] for rows in known.values() if rows)
        return good(f"{count}行，链条完好，末行 {heads}", ("lines", count))

    return Check("ledger", "台账", look)


def built(out: Path, folders: Sequence[Path], catalogue: Callable[[], Catalogue]) -> Check:
    """Whether the static site is there, holds the newest lines and shows windows as they are.

    A quarter of an hour later, that is: until then a build may be under way.
    """

    def look(now: datetime) -> Finding:
        page = out / "ledger.json"
        if not out.is_dir():
            return Finding(Level.SOON, f"{out} 不在，还没有生成网站", "运行 portal build")
        if not (page.exists() and (out / "index.html").exists()):
            return Finding(Level.BAD, f"{out} 里没有生成好的网站", "运行 portal build")
        try:
            shown = {line for lines in json.loads(page.read_bytes())["ledgers"] for line in lines}
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
            words = f"{page} 读不出来：{reason_of(error)}"
            return Finding(Level.BAD, words, "删去它，再运行 portal build 重新生成")
        for folder in folders:
            path = folder / LEDGER_NAME
            if not path.exists():
                continue
            at = datetime.fromtimestamp(path.stat().st_mtime, SHANGHAI)
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            if lines and lines[-1] not in shown and now - at > _BUILD:
                return Finding(
                    Level.BAD,
                    f"{write_clock(at)}登记的内容还没有进入网站",
                    _WATCH,
                )
        return _stale(out, catalogue(), now) or good("网站里有台账的最后一行，公示期的状态是现在的")

    return Check("build", "生成网站", look)


def _stale(out: Path, catalogue: Catalogue, now: datetime) -> Finding | None:
    """A notice whose page is missing, or older than the opening or end of its window; else None.

    The page says which; a build that runs writes it anew at that moment.
    """
    public = catalogue.ask(All(), now)
    for notice in catalogue.windowed():
        page = out / "notices" / notice.slug / "index.html"
        if notice.window is None or notice.slug not in public:
            continue
        opens = max(notice.window.opens_at, notice.published)
        turns = (opens, notice.window.closes_at)
        passed = [turn for turn in turns if turn + _BUILD < now]
        written = page.stat().st_mtime if page.exists() else 0
        if passed and written < max(passed).timestamp():
            what = "截止" if len(passed) == len(turns) else "开始"
            words = f"{notice.slug} 的公示期已在{write_meta(max(passed))}{what}，网站上还没有"
            return Finding(Level.BAD, words, _WATCH)
    return None
