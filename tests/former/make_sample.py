"""Writes sample.tar.xz: what the program left on disk before its rooms were drawn anew.

Run once with the program of that time (version 0.1.0, commit 474ba0c^) on the path:

    PYTHONPATH=FORMER python tests/former/make_sample.py OUT

A site with one open fictional window (演示), a register with officers and two cases (one with a
question and its answer under way, one unread), a drop box with an envelope that waits and with
sealed replies, a carried folder with its notes, keys under a passphrase, and a signed ledger. The
file is committed and never made again: it stands for the offices that have such files.
"""

import io
import sys
import tarfile
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

from portal.config.desk import DeskSettings
from portal.content.signing import new_key
from portal.desk.accounts import NewStaff
from portal.desk.onetime import code_at
from portal.objections.courier import desk_side, exchange, public_side
from portal.objections.dropbox import DropBox
from portal.objections.keys import ESCROW
from portal.objections.people import Role
from portal.objections.receipts import ReceiptSigner
from portal.objections.submission import Submissions
from portal.render.publishing import publish_folder

from portal.config.common import Paths
from portal.content.loader import load
from portal.desk.services import open_desk
from portal.domain.objection import (
    EntryRef,
    Grounds,
    Message,
    MessageKind,
    Objection,
    Objector,
    ObjectorKind,
)
from portal.domain.receipt_code import code_from

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=timezone(timedelta(hours=8), "Asia/Shanghai"))
SLUG = "pingding-list"
PASSPHRASE = "only for the sample of tests"
PASSWORD = "sample-only-password"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOTICE = """---
title: 平定县第三届质量奖推荐名单公示
kind: county-publicity
edition: third
issuer: pingding-office
county: pingding
published: 2026-03-02T08:30:00+08:00
window: {opens: 2026-03-02, working-days: 5}
review: {drafted: 张三, reviewed: 李四, approved: 王五}
---
（演示）现将推荐名单予以公示。
"""
LIST = "类别,名称,统一社会信用代码,工作单位\n组织,演示甲制造有限公司,,\n专家学者,赵六,,演示研究所\n"


def write_site(root: Path) -> None:
    import re

    text = (Path(__file__).parents[1] / "minimal.txtar").read_text(encoding="utf-8")
    parts = re.split(r"^-- (\S+) --\n", text, flags=re.MULTILINE)
    files = dict(zip(parts[1::2], parts[2::2], strict=True))
    edition = files["content/awards/third.toml"]
    files["content/awards/third.toml"] = f"demonstration = true\n{edition}"
    files |= {f"notices/{SLUG}/notice.md": NOTICE, f"notices/{SLUG}/list.csv": LIST}
    for name, body in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")


def code(which: int):
    return code_from(bytes([which]) * 15)


def make(root: Path) -> None:
    write_site(root)
    state = root / "state"
    published = load([root / "content"], [root / "notices"])
    signer = new_key(state / "keys" / "ledger.pem", None)
    publish_folder(published, root / "notices", signer, NOW - timedelta(days=2))
    settings = DeskSettings(
        paths=Paths((root / "content",), (root / "notices",), state),
        secret="secret of the sample",
        demonstration=True,
        plain_http=True,
    )
    desk = open_desk(settings, lambda: NOW, lambda: published)
    for office in ("pingding-office", "city-office", ESCROW):
        desk.room.keys.new(office, SLUG, PASSPHRASE, NOW, work_factor=10)
    for name in ("yanshi", "yanshi2"):
        new = NewStaff(
            name, "演示员", Role.COUNTY, "pingding-office", "pingding", demonstration=True
        )
        desk.accounts.add(new, NOW, "演示", (PASSWORD, SECRET))
    box = DropBox(settings.dropbox).prepare()
    signer = ReceiptSigner.new()
    desk.room.keys.write_signer(signer.private_pem(), signer.public_pem())
    submissions = Submissions(box, desk.room.keys.public, signer)
    send(desk, submissions, 1)
    exchange(box, desk.room.folders, NOW.timestamp())
    desk.collect(NOW)
    work(desk, 1)
    message = Message(MessageKind.ANSWER, NOW, "（演示）见登记信息。", 2)
    submissions.send(message, [], code=code(1), office="", id_="0123456789abcdef")
    carrier = DropBox(root / "carried").prepare()
    public_side(box, carrier, NOW.timestamp())
    desk_side(carrier, desk.room.folders, NOW.timestamp())  # its notes are not home yet
    send(desk, submissions, 2)
    desk.close()


def send(desk, submissions, which: int) -> None:
    published = desk.room.catalogue()
    notice = published.by_slug[SLUG]
    draft = Objection(
        "",
        SLUG,
        1,
        NOW,
        Objector(ObjectorKind.PERSON, "演示市民", phone="13800000000"),
        (Grounds.MISTAKE,),
        f"（演示）第{which}件：名称与营业执照不一致，请核对。",
        "1",
        (EntryRef("演示甲制造有限公司", "组织", county="平定县"),),
    )
    submissions.submit(
        draft,
        [],
        notice=notice,
        office="pingding-office",
        code=code(which),
        decide=lambda: (NOW, published.status(notice, NOW)),
    )


def work(desk, which: int) -> None:
    from portal.objections.models import Case

    with desk.room.register.read() as session:
        case = session.query(Case).one()
        staff = next(s for s in desk.accounts.everyone() if s.username == "yanshi")
    entered = desk.signing_in.attempt("yanshi", PASSWORD, code_at(SECRET, NOW), NOW)
    identity = desk.room.keys.identity(case.office, case.notice, PASSPHRASE)
    desk.casework.open(entered.person, case.number, [identity], NOW)
    desk.casework.accept(entered.person, case.number, NOW)
    desk.casework.ask(entered.person, case.number, "（演示）请补充登记信息的来源。", NOW)
    desk.deliver(NOW)
    assert staff.demonstration


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make(root)
        target = io.BytesIO()
        with tarfile.open(fileobj=target, mode="w:xz", preset=9) as archive:
            for path in sorted(root.rglob("*")):
                if not path.name.endswith(("-wal", "-shm")):
                    archive.add(path, path.relative_to(root), recursive=False)
        Path(sys.argv[1]).write_bytes(target.getvalue())


if __name__ == "__main__":
    main()
