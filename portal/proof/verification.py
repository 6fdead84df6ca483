"""Checking what somebody hands in against the ledger: a document, a page, a site, a ledger.

The verdicts are a clerk's words: 未改动, 已改动 (and where), 部分核对 (and what was not),
不在目录中, 链条断裂.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from portal.confined.examining import Trouble
from portal.domain.dates import write_meta
from portal.errors import RequestError, VerificationError
from portal.ledger.chain import check_chain
from portal.ledger.ledger_lines import LedgerLine, parse_line
from portal.ledger.sealing_lines import keys_of, scripts_of
from portal.ledger.signing import check_minisign
from portal.ledger.siteproof import MANIFEST, PROOF_FILES, SIGNATURE, site_files
from portal.proof.form_page import SavedForm, form_faults, saved_form, without_digest
from portal.proof.recognition import Claim, changed_places, recognise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

LEDGER_PAGE = "ledger.json"
_LEAST_DIGITS = 16


class Verdict(StrEnum):
    """What was found; the value is what is printed."""

    UNCHANGED = "未改动"
    CHANGED = "已改动"
    PARTLY = "部分核对"
    UNKNOWN = "不在目录中"
    BROKEN = "链条断裂"


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict on one thing, and what a clerk should know of it."""

    name: str
    verdict: Verdict
    detail: tuple[str, ...] = ()


@dataclass(frozen=True)
class LedgerBook:
    """Ledgers as lines of text, each from its first line on."""

    ledgers: tuple[tuple[str, ...], ...]
    trusted: str | None = None

    @classmethod
    def from_page(cls, content: bytes, trusted: str | None = None) -> LedgerBook:
        """From the published /ledger.json."""
        try:
            ledgers = json.loads(content)["ledgers"]
            return cls(tuple(tuple(map(str, lines)) for lines in ledgers), trusted)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise VerificationError("ledger.json 不是台账的格式") from error

    @cached_property
    def lines(self) -> tuple[LedgerLine, ...]:
        """Every revision line."""
        found = (parse_line(text) for lines in self.ledgers for text in lines)
        return tuple(line for line in found if line)

    @cached_property
    def outputs(self) -> dict[str, tuple[LedgerLine, str]]:
        """For each fingerprint the line that names it, and the file's name."""
        return {
            digest: (line, name) for line in self.lines for name, digest in line.outputs.items()
        }

    def chain(self) -> Finding:
        """Whether every ledger holds from its first line to its last."""
        keys: list[str] = []
        for lines in self.ledgers:
            report = check_chain(lines, self.trusted)
            if not report.whole:
                place = f"第{report.line}行：{report.reason}"
                return Finding("发布台账", Verdict.BROKEN, (place,))
            keys += [key for key in report.keys if key not in keys]
        if not keys:
            return Finding("发布台账", Verdict.UNKNOWN, ("台账是空的，没有可以核对的内容",))
        told = "" if self.trusted else "；请与办公室公布的编号核对"
        count = sum(map(len, self.ledgers))
        detail = f"共{count}行，首尾相接，签名相符；签名密钥 {'、'.join(keys)}{told}"
        return Finding("发布台账", Verdict.UNCHANGED, (detail,))


def verify_form(
    name: str, content: bytes, book: LedgerBook, signed: Mapping[str, str] | None = None
) -> Finding | None:
    """A saved form or look-up page: its files and keys are those of the ledger, or not.

    `signed` is the manifest of a site, its signature checked: only there stands the whole of a
    page, so that without it a page is never more than checked in part. None for any other file.
    """
    digest = hashlib.sha256(content).hexdigest()
    form = None if digest in book.outputs else saved_form(content)
    if not isinstance(form, SavedForm):
        return None
    texts = [text for lines in book.ledgers for text in lines]
    keys = keys_of(texts, form.notice)
    if form.notice and not keys and not form.faults:
        return Finding(name, Verdict.UNKNOWN, (f"台账里没有 {form.notice} 的密封公钥",))
    faults = form_faults(form, scripts_of(texts), keys)
    if faults:
        return Finding(name, Verdict.CHANGED, faults)
    told, former = _held(form), _of_former_version(form)
    same = [path for path, known in (signed or {}).items() if known == digest]
    if same:
        return Finding(name, Verdict.UNCHANGED, (f"与网站上的 {same[0]} 完全一致", told, *former))
    own = f"objections/{form.notice}/index.html"
    if form.frozen and own in (signed or {}):
        differs = f"内容与签名的文件清单里的 {own} 不一致：被改动过，或者是另一次生成的页面"
        return Finding(name, Verdict.CHANGED, (differs, told))
    way = "这一页每次打开都不同，不能整页核对；脚本没有运行的，由服务器加密或者打开"
    if form.frozen:
        way = "要核对整页，请用 curl 保存，再用 --site 指明签名的网站"
    rest = f"没有核对的：页面的文字和图片，可能与发布的不同；{way}"
    only = "已核对的：没有另外写入的程序、填写项和别的网站的地址，写明怎样加密或者打开的一行属实"
    return Finding(name, Verdict.PARTLY, (told, only, rest, *former))


def _held(form: SavedForm) -> str:
    """What of a page is as the ledger has it."""
    scripts = sum(name.endswith(".js") and digest != "" for name, digest in form.files)
    sheets = sum(name.endswith(".css") and digest != "" for name, digest in form.files)
    count = f"{scripts}个脚本" + (f"、{sheets}个样式表" if sheets else "")
    if not form.notice:
        return f"查询异议办理的页面：{count}都与台账一致"
    return f"{form.notice} 的异议表单：{count}和全部密封公钥都与台账一致"


def _of_former_version(form: SavedForm) -> Iterator[str]:
    """What pages of former versions leave open."""
    if loose := without_digest(form):
        yield (
            f"没有核对的还有：{'、'.join(loose)}。这是旧版程序的页面，那时的台账没有登记它们的校验值；"
            "更换以后打开的页面如果还是这样，就是有人改动"
        )


def verify_file(
    name: str,
    content: bytes,
    book: LedgerBook,
    pages: Mapping[str, str] | None = None,
    original: Callable[[str, int, str], bytes | str | None] | None = None,
) -> Finding:
    """The verdict on one file; `pages` is a site's manifest, `original` gives a published file.

    A file that is not exactly as published but says which notice it is counts as changed, and where
    the published file can be had, the changed lines are told. `original` answers with a text where
    personal data was taken out of that revision: the reason.
    """
    digest = hashlib.sha256(content).hexdigest()
    if digest in book.outputs:
        line, filename = book.outputs[digest]
        newest = max(other.revision for other in book.lines if other.slug == line.slug)
        detail = [f"与{_told(line)}的 {filename} 完全一致"]
        if newest > line.revision:
            detail.append(f"注意：此后已有第{newest}版，请以新版为准")
        return Finding(name, Verdict.UNCHANGED, tuple(detail))
    matching = [path for path, known in (pages or {}).items() if known == digest]
    if matching:
        return Finding(name, Verdict.UNCHANGED, (f"与网站上的 {matching[0]} 完全一致",))
    claim = recognise(name, content)
    if isinstance(claim, Trouble):
        return Finding(name, Verdict.UNKNOWN, (f"不是本网站发布的文件；{claim.text}",))
    if claim is None:
        return Finding(name, Verdict.UNKNOWN, ("不是本网站发布的文件，也看不出对应哪份公告",))
    lines = [line for line in book.lines if line.slug == claim.slug]
    claimed = [line for line in lines if claim.revision in (0, line.revision)]
    if not claimed:
        stated = f"第{claim.revision}版" if claim.revision else ""
        text = f"自称是公告 {claim.slug} {stated}，但台账里没有这一版"
        return Finding(name, Verdict.UNKNOWN, (text,))
    line = claimed[-1]
    detail = [f"自称是{_told(line)}，但内容与发布的不一致"]
    detail += _compared(original, line, claim, content) if original else []
    return Finding(name, Verdict.CHANGED, tuple(detail))


def verify_fingerprint(text: str, book: LedgerBook) -> Finding:
    """What a fingerprint printed on paper belongs to; 16 digits of it are enough."""
    digits = "".join(text.split()).lower()
    if len(digits) < _LEAST_DIGITS or not set(digits) <= set("0123456789abcdef"):
        raise RequestError(f"指纹应为至少{_LEAST_DIGITS}位的0至9和a至f，空格不计")
    found = []
    for line in book.lines:
        named = {"源文": line.source, "台账这一行": line.digest, "台账上一行": line.previous}
        named |= line.outputs
        found += [
            f"{name}：{_told(line)}" for name, known in named.items() if known.startswith(digits)
        ]
    verdict = Verdict.UNCHANGED if found else Verdict.UNKNOWN
    return Finding(f"指纹 {digits}", verdict, tuple(found) or ("台账里没有这个指纹",))


def _compared(
    original: Callable[[str, int, str], bytes | str | None],
    line: LedgerLine,
    claim: Claim,
    content: bytes,
) -> list[str]:
    """The changed lines, where the published file can still be set."""
    published = original(line.slug, line.revision, claim.filename)
    if isinstance(published, str):
        return [f"这一版公开的文本已删去个人信息（{published}），不能逐字比对"]
    return changed_places(claim.filename, published, content) if published is not None else []


def _told(line: LedgerLine) -> str:
    when = write_meta(line.published)
    return f"公告 {line.slug} 第{line.revision}版（{when}发布）"


def verify_site(folder: Path, book: LedgerBook, public: str | None) -> Iterator[Finding]:
    """The verdict on a built site: its ledger, its manifest's signature, and each differing file.

    Files that hold are only counted. `public` is the key that must have signed the manifest.
    """
    yield book.chain()
    files = site_files(folder)
    manifest_path, signature_path = folder / MANIFEST, folder / SIGNATURE
    if not manifest_path.exists():
        yield Finding(MANIFEST, Verdict.UNKNOWN, ("网站没有文件清单，只能核对台账中的文件",))
        stated: dict[str, str] = dict(files)
    else:
        data = manifest_path.read_bytes()
        yield manifest_finding(data, signature_path, public)
        try:
            stated = dict(json.loads(data)["files"])
        except (ValueError, KeyError, TypeError, RecursionError):
            yield Finding(MANIFEST, Verdict.CHANGED, ("文件清单不是应有的格式",))
            return
    faults = [*_differences(files, stated), *_outputs_on_site(files, book)]
    yield from faults
    good = len(files) - len({fault.name for fault in faults} & files.keys())
    yield Finding(str(folder), Verdict.UNCHANGED, (f"{good}个文件与清单一致",))


def manifest_finding(data: bytes, signature: Path, public: str | None) -> Finding:
    """Whether a site's manifest is signed with the key `public`."""
    if not signature.exists() or public is None:
        return Finding(MANIFEST, Verdict.UNKNOWN, ("文件清单没有签名，不能证明是办公室发布的",))
    try:
        comment = check_minisign(public, data, signature.read_text(encoding="utf-8"))
    except VerificationError as error:
        return Finding(MANIFEST, Verdict.CHANGED, (str(error),))
    return Finding(MANIFEST, Verdict.UNCHANGED, (f"签名相符（{comment}）",))


def _differences(files: Mapping[str, str], stated: Mapping[str, str]) -> Iterator[Finding]:
    for name in sorted(files.keys() | stated.keys()):
        if name in PROOF_FILES or files.get(name) == stated.get(name):
            continue
        if name not in files:
            yield Finding(name, Verdict.CHANGED, ("清单里有，网站上没有：被删去了",))
        elif name not in stated:
            yield Finding(name, Verdict.UNKNOWN, ("清单里没有这个文件：是后来加上的",))
        else:
            yield Finding(name, Verdict.CHANGED, ("内容与清单不一致",))


def _outputs_on_site(files: Mapping[str, str], book: LedgerBook) -> Iterator[Finding]:
    """Files that the ledger knows must be one of the versions it entered for their notice."""
    known: dict[str, set[str]] = {}
    for line in book.lines:
        for filename, digest in line.outputs.items():
            known.setdefault(f"notices/{line.slug}/{filename}", set()).add(digest)
    for path, digests in sorted(known.items()):
        if path in files and files[path] not in digests:
            detail = "与台账登记的指纹不一致；如果只是换了版式或网址，请运行 portal publish --anew"
            yield Finding(path, Verdict.CHANGED, (detail,))


def worst(findings: Iterable[Finding]) -> Verdict:
    """The verdict on the whole: the gravest of its parts."""
    order: Sequence[Verdict] = (
        Verdict.BROKEN,
        Verdict.CHANGED,
        Verdict.UNKNOWN,
        Verdict.PARTLY,
        Verdict.UNCHANGED,
    )
    found = {finding.verdict for finding in findings}
    return next((verdict for verdict in order if verdict in found), Verdict.UNKNOWN)
