"""Enters the notices of a tree into a ledger, each at its own time, without documents."""

from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portal.content.award_files import read_editions
from portal.content.loader import notice_folders
from portal.content.notice.basis import Basis
from portal.content.notice.notice_reader import read_notice
from portal.content.notice.recorded import keep_copy
from portal.content.working_calendar import load_calendar
from portal.domain.workdays import SHANGHAI
from portal.ledger.chain import ledger_writer
from portal.ledger.ledger_lines import LEDGER_NAME, read_ledger
from portal.ledger.signing import SigningKey
from tests.thirdaward import EDITIONS

KEY = SigningKey(Ed25519PrivateKey.from_private_bytes(b"a key for nothing but the tests!"))
BEGUN = datetime(1999, 1, 1, tzinfo=SHANGHAI)


def record(folder: Path, *slugs: str, at: datetime | None = None, copies: bool = False) -> None:
    """Enter every text of a notices folder that is not in its ledger, or of the notices named.

    Each counts as entered at its own time, or all at one; a text with faults is passed over.
    """
    path = folder / LEDGER_NAME
    known = {(line.slug, line.source) for line in read_ledger(path)}
    editions = read_editions(folder.parent / "content")[0] or EDITIONS
    basis = Basis(load_calendar(folder.parent / "content" / "calendar.yaml"), editions)
    found = []
    for place in sorted(notice_folders(folder)):
        if not slugs or place.name in slugs:
            notice = read_notice(place, basis).notice
            revisions = notice.revisions if notice else ()
            found += [(r.published, place.name, r.number, r.digest) for r in revisions]
    if copies:
        for _, slug, number, digest in found:
            keep_copy(folder / slug, number, digest)
    writer = ledger_writer(path, KEY, BEGUN)
    for published, slug, number, digest in sorted(found):
        if (slug, digest) not in known:
            writer.recorded = at or published
            writer.revision(slug, number, published, digest, {})
    writer.write(path)
