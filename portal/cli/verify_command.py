"""`portal verify`: whether a site, a page or a document is what the office published."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portal.config.common import Paths
from portal.config.public_settings import PublicSettings
from portal.errors import ContentError, RequestError, VerificationError
from portal.ledger.chain import check_chain
from portal.ledger.ledger_lines import LEDGER_NAME, ledger_rows
from portal.ledger.sealing_lines import keys_of
from portal.ledger.siteproof import MANIFEST, SIGNATURE
from portal.proof.form_lines import receipt_keys_of
from portal.proof.verification import (
    LEDGER_PAGE,
    Finding,
    LedgerBook,
    Verdict,
    manifest_finding,
    verify_file,
    verify_fingerprint,
    verify_form,
    verify_site,
    worst,
)
from portal.sealed.public_keys import PublicKeys, ReceiptKey
from portal.sealed.receipts import is_receipt, verify_receipt
from portal.sealed.signed_answers import is_signed_answer, read_signed, signed_by

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = "index.html"
_PATH = click.Path(exists=True, path_type=Path)
_HELP = (
    "核对网站、页面、PDF 或 Word 文件、台账或回执与发布的是否一致；不一致的，退出状态为1，"
    "只能核对一部分的为3。"
)
_PARTLY = 3  # beside 1 (differs) and 2 (wrong usage)


@click.command("verify", help=_HELP)
@click.argument("path", metavar="[文件或文件夹]", type=_PATH, required=False)
@click.option("--fingerprint", metavar="指纹", help="查找印在纸上的指纹。")
@click.option("--ledger", type=_PATH, help="据以核对的 ledger.jsonl 或 ledger.json。")
@click.option("--key", "trusted", metavar="编号", help="公布的第一把签名密钥的编号。")
@click.option("--receipt-key", type=_PATH, help="异议回执的公钥（PEM）。")
@click.option("--site", type=_PATH, help="生成好的网站，其中的页面作为发布的原文。")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    help="输出的格式。",
)
@click.option("--base-url", envvar="PORTAL_BASE_URL", help="网站地址，与生成时相同。")
def command(  # noqa: PLR0917 - click passes them by name
    path: Path | None,
    fingerprint: str | None,
    ledger: Path | None,
    trusted: str | None,
    receipt_key: Path | None,
    site: Path | None,
    style: str,
    base_url: str | None,
) -> None:
    """Check a built site, a page, a PDF or Word file, a ledger, or an objection's receipt.

    Exit status 1 if it differs, 3 if only a part of it could be checked.
    """
    if (path is None) == (fingerprint is None):
        raise click.UsageError("写一个文件或者文件夹，或者用 --fingerprint 写一个指纹")
    if path is not None and path.is_file():
        of_objection = _of_objection(path, receipt_key, ledger)
        if of_objection:
            _tell([of_objection], style)
            return
    book = _book(path, ledger, trusted)
    if path is None or fingerprint is not None:
        findings = [book.chain(), verify_fingerprint(fingerprint or "", book)]
    elif path.is_dir():
        findings = list(verify_site(path, book, _newest_key(book)))
    elif path.name in (LEDGER_NAME, LEDGER_PAGE):
        findings = [book.chain()]
    else:
        root = _site_root(site or path.parent)
        pages = _manifest(root)
        chain = book.chain()
        content = path.read_bytes()
        findings = [chain] if chain.verdict is Verdict.BROKEN else []
        findings.append(
            verify_form(path.name, content, book, _signed(root, pages, book))
            or verify_file(path.name, content, book, pages, _original(base_url, root))
        )
    _tell(findings, style)


def _tell(findings: list[Finding], style: str) -> None:
    """Print what was found; exit status 0 only if all is as it was published."""
    verdict = worst(findings)
    click.echo(_as_json(findings, verdict) if style == "json" else _as_text(findings, verdict))
    if verdict is not Verdict.UNCHANGED:
        sys.exit(_PARTLY if verdict is Verdict.PARTLY else 1)


def _of_objection(path: Path, receipt_key: Path | None, ledger: Path | None) -> Finding | None:
    """The verdict on a receipt or a signed answer; None for any other file."""
    head = path.read_bytes()
    if is_receipt(head):
        return _receipt(path, receipt_key, ledger)
    return _answer(path, ledger) if is_signed_answer(head) else None


def _answer(path: Path, ledger: Path | None) -> Finding:
    """Whether an answer was signed by the office that it names, by the key in the ledger if any."""
    try:
        read = read_signed(path.read_text(encoding="utf-8"))
    except (VerificationError, ValueError) as error:
        return Finding(path.name, Verdict.BROKEN, (str(error),))
    book = _some_book(ledger)
    if book and (chain := book.chain()).verdict is Verdict.BROKEN:
        return chain
    named = keys_of(_texts(book), read.notice) if book else {}
    public = named.get(read.office, {}).get("signs")
    if public is None and ledger is None:
        public = PublicKeys(PublicSettings().keys / "public").signs(read.office, read.notice)
    if public is None:
        told = f"没有“{read.office}”对 {read.notice} 的签名公钥"
        raise RequestError(f"{told}；用 --ledger 指明台账，或者从受理单位取得 keys/public")
    if not signed_by(read.body, read.signature, public):
        why = "答复的签名不成立：内容被改动过，或者不是这个单位签发"
        return Finding(path.name, Verdict.BROKEN, (why,))
    shown = tuple(read.body.splitlines()[1:6])
    return Finding(path.name, Verdict.UNCHANGED, shown)


def _some_book(ledger: Path | None) -> LedgerBook | None:
    """The ledger named or at hand, if any."""
    try:
        return _book(None, ledger, None)
    except RequestError:
        if ledger:
            raise
        return None


def _texts(book: LedgerBook) -> list[str]:
    return [text for lines in book.ledgers for text in lines]


def _receipt(path: Path, key: Path | None, ledger: Path | None) -> Finding:
    """Whether a receipt was signed by the public side of this portal, by any key it ever named."""
    file = key or ReceiptKey(PublicSettings().keys).public
    known = [file.read_bytes()] if file.exists() else []
    book = None if key else _some_book(ledger)
    if book and (chain := book.chain()).verdict is Verdict.BROKEN:
        return chain
    known += receipt_keys_of(_texts(book)) if book else []
    if not known:
        raise RequestError(f"没有核对回执的公钥 {file}；用 --receipt-key 指明 receipt.pub")
    findings = [_receipt_by(path, pem) for pem in known]
    return min(findings, key=lambda finding: finding.verdict is Verdict.BROKEN)


def _receipt_by(path: Path, pem: bytes) -> Finding:
    try:
        receipt = verify_receipt(path.read_text(encoding="utf-8"), pem)
    except (VerificationError, ValueError) as error:
        return Finding(path.name, Verdict.BROKEN, (str(error),))
    told = (
        f"异议编号：{receipt.number}",
        f"公告：{receipt.notice}",
        f"收到时间：{receipt.received.isoformat()}",
        f"密封信封：sha256:{receipt.envelope}",
    )
    return Finding(path.name, Verdict.UNCHANGED, told)


def _book(path: Path | None, ledger: Path | None, trusted: str | None) -> LedgerBook:
    """The ledger to check against: the named one, else the site's own, else the local ones."""
    if ledger is None and path and path.name in (LEDGER_NAME, LEDGER_PAGE):
        ledger = path
    if ledger is None and path and path.is_dir() and (path / LEDGER_PAGE).exists():
        ledger = path / LEDGER_PAGE
    own = [folder / LEDGER_NAME for folder in Paths().notices]
    if ledger is not None and ledger.suffix == ".json":
        trusted = trusted or _first_key(own)
        return LedgerBook.from_page(ledger.read_bytes(), trusted)
    files = [ledger] if ledger else own
    if not any(file.exists() for file in files):
        raise RequestError("没有台账可以核对；用 --ledger 指明 ledger.jsonl 或 ledger.json")
    return LedgerBook(tuple(tuple(text for text, _ in ledger_rows(f)) for f in files), trusted)


def _own_ledgers() -> tuple[tuple[str, ...], ...]:
    found = (ledger_rows(folder / LEDGER_NAME) for folder in Paths().notices)
    return tuple(tuple(text for text, _ in rows) for rows in found if rows)


def _first_key(ledgers: list[Path]) -> str | None:
    """The key that the local ledgers began with: a foreign site's own key proves nothing."""
    reports = [check_chain([text for text, _ in ledger_rows(path)]) for path in ledgers]
    firsts = {report.keys[0] for report in reports if report.keys}
    return firsts.pop() if len(firsts) == 1 else None


def _newest_key(book: LedgerBook) -> str | None:
    """The key that must have signed a site: by the local ledgers, where there are any."""
    own = _own_ledgers()
    return _public_key(LedgerBook(own)) if own else _public_key(book)


def _signed(root: Path | None, pages: dict[str, str], book: LedgerBook) -> dict[str, str]:
    """The manifest's files if its signature holds, else none."""
    if root is None:
        return {}
    data = (root / MANIFEST).read_bytes()
    finding = manifest_finding(data, root / SIGNATURE, _newest_key(book))
    return pages if finding.verdict is Verdict.UNCHANGED else {}


def _public_key(book: LedgerBook) -> str | None:
    """The key in force: that of the newest key line."""
    keys = [json.loads(text) for lines in book.ledgers for text in lines if '"public"' in text]
    return str(keys[-1]["public"]) if keys else None


def _site_root(start: Path) -> Path | None:
    """The built site that a file lies in."""
    folders = (start.resolve(), *start.resolve().parents)
    return next((folder for folder in folders if (folder / MANIFEST).exists()), None)


def _manifest(root: Path | None) -> dict[str, str]:
    try:
        return dict(json.loads((root / MANIFEST).read_bytes())["files"]) if root else {}
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}


def _original(
    base_url: str | None, root: Path | None
) -> Callable[[str, int, str], bytes | str | None]:
    """Gives a published file to compare with: a page from the site, else set anew from content."""

    def original(slug: str, revision: int, filename: str) -> bytes | str | None:
        from portal.content.loader import load
        from portal.proof.publishing import as_revision
        from portal.render.notice.formats import formats_of

        page = root / "notices" / slug / filename if root else None
        if page and filename == PAGE and page.exists():
            return page.read_bytes()
        paths = Paths()
        try:
            catalogue = load(paths.content, paths.notices, base_url=base_url or None)
        except ContentError:
            return None
        notice = catalogue.by_slug.get(slug)
        redacted = [r.redacted for r in notice.revisions if r.number == revision] if notice else []
        if any(redacted):
            return redacted[0]
        notice = as_revision(notice, revision) if notice else None
        if notice is None:
            return None
        found = [fmt for fmt in formats_of(notice) if fmt.filename == filename]
        return found[0].render(notice, catalogue) if found else None

    return original


def _as_text(findings: list[Finding], verdict: Verdict) -> str:
    lines = [f"{finding.verdict.value}　{finding.name}" for finding in findings]
    blocks = [
        "\n".join([line, *(f"　　　　{text}" for text in finding.detail)])
        for line, finding in zip(lines, findings, strict=True)
    ]
    return "\n".join([*blocks, f"结论：{verdict.value}"])


def _as_json(findings: list[Finding], verdict: Verdict) -> str:
    rows = [
        {"name": finding.name, "verdict": finding.verdict.value, "detail": list(finding.detail)}
        for finding in findings
    ]
    return json.dumps({"verdict": verdict.value, "findings": rows}, ensure_ascii=False, indent=1)
