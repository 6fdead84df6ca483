"""Files, envelopes, notices and lists made a little wrong: each is read, or refused in words."""

import io
import random
import traceback
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
from docx import Document
from openpyxl import Workbook
from PIL import Image

from portal.casework.identities import new_identity
from portal.casework.safety import inspect
from portal.casework.unsealing import objection_of, unseal
from portal.errors import PortalError
from portal.importing.importer import import_list
from portal.sealed.envelope import Header, Member, container, write_head
from portal.sealed.plain_tar import plain_members
from portal.sealed.suites import AGE
from tests.casework.oldoffice import old_office
from tests.fuzz.apps import Finding
from tests.fuzz.mutations import mutated, mutated_text
from tests.sites import MINIMAL, PINGDING, SiteTree, files_of
from tests.thirdaward import TERMS


def _attempt(what: str, act: Callable[[], object]) -> Iterator[Finding]:
    try:
        act()
    except PortalError:
        return
    except Exception:  # noqa: BLE001 - that is what is looked for
        yield Finding(what, 599, traceback.format_exc())


def samples() -> dict[str, bytes]:
    document = Document()
    document.add_paragraph("质量管理" * 20)
    document.add_table(2, 2)
    book = Workbook()
    book.active.append(["组织", "=1+1", 3])
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    found = {}
    for name, save in (("a.docx", document.save), ("a.xlsx", book.save), ("a.pdf", pdf.save)):
        target = io.BytesIO()
        save(target)
        found[name] = target.getvalue()
    for kind in ("PNG", "JPEG", "WEBP"):
        target = io.BytesIO()
        Image.new("RGB", (30, 20), "red").save(target, kind)
        found[f"a.{kind.lower()}"] = target.getvalue()
    found["a.doc"] = old_office(("WordDocument", b"x"), storages=("Macros",))
    return found


def attachments(_folder: Path, seed: int, count: int) -> Iterator[Finding]:
    """The desk's safety report over mutated files; the members of a zip are mutated as well."""
    rng, files = random.Random(seed), samples()
    for _ in range(count):
        name = rng.choice(sorted(files))
        data = files[name]
        if name.endswith("x") and rng.random() < 0.7:
            data = _with_mutated_member(data, rng)
        else:
            data = mutated(data, rng)
        yield from _attempt(f"{name}, {len(data)} bytes", lambda: _reported(name, data))  # noqa: B023


def _reported(name: str, data: bytes) -> None:
    report = inspect(name, data)
    worst = [f.text for f in report.findings if "中途退出" in f.text or "无法识别" in f.text]
    if worst:
        raise AssertionError(f"{worst} of {data[:4000]!r}")


def _with_mutated_member(data: bytes, rng: random.Random) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as archive:
        names = source.namelist()
        chosen = rng.choice(names)
        for name in names:
            content = source.read(name)
            archive.writestr(name, mutated(content, rng) if name == chosen else content)
    return target.getvalue()


def envelopes(_folder: Path, seed: int, count: int) -> Iterator[Finding]:
    """Envelopes with mutated heads, contents and archives, sealed rightly all the same."""
    rng = random.Random(seed)
    identity, public = new_identity()
    header = Header("objection", "ab" * 16, notice="a", office="b", number="n", reply=public)
    members = [Member("files/1.pdf", 9, io.BytesIO(b"%PDF-1.4 "))]
    archive = container("objection.json", b'{"number": "n"}', members).read()
    for _ in range(count):
        head, plain = io.BytesIO(), archive
        write_head(header, head)
        whole, kind = head.getvalue(), rng.randrange(3)
        if kind == 0:
            whole = mutated(whole, rng)
        elif kind == 1:
            plain = mutated(archive[:2600], rng) + bytes(1024)
        sealed = io.BytesIO()
        AGE.seal(io.BytesIO(plain), sealed, [public])
        whole += mutated(sealed.getvalue(), rng) if kind == 2 else sealed.getvalue()
        what = f"envelope, kind {kind}"
        yield from _attempt(what, lambda: objection_of(unseal(io.BytesIO(whole), [identity])))  # noqa: B023
        yield from _attempt("archive", lambda: list(plain_members(plain)))  # noqa: B023


def notices(folder: Path, seed: int, count: int) -> Iterator[Finding]:
    """A site one of whose files is mutated: loaded, and looked over by the lint."""
    rng = random.Random(seed)
    files = files_of(MINIMAL) | files_of(PINGDING)
    tree = SiteTree(folder).write(MINIMAL).write(PINGDING)
    for _ in range(count):
        name = rng.choice(sorted(files))
        path = folder / name
        path.write_text(mutated_text(files[name], rng), encoding="utf-8", newline="")
        yield from _attempt(f"{name}: {path.read_text('utf-8', 'replace')[:1500]!r}", tree.lint)
        yield from _attempt(f"{name}, loaded", tree.catalogue)
        path.write_text(files[name], encoding="utf-8")


def lists(folder: Path, seed: int, count: int) -> Iterator[Finding]:
    """An office's list, as CSV and as a workbook, mutated and imported."""
    rng = random.Random(seed)
    site = SiteTree(folder).write(MINIMAL).catalogue().site
    text = "类别,名称,统一社会信用代码,工作单位\n组织,甲公司,,\n专家学者,赵六,,研究所\n" * 3
    book = Workbook()
    for line in text.splitlines():
        book.active.append(line.split(","))
    target = io.BytesIO()
    book.save(target)
    for _ in range(count):
        if rng.random() < 0.6:
            path = folder / "list.csv"
            path.write_bytes(mutated(mutated_text(text, rng).encode("utf-8", "replace"), rng))
        else:
            path = folder / "list.xlsx"
            path.write_bytes(_with_mutated_member(target.getvalue(), rng))
        what = f"{path.name}: {path.read_bytes()[:900]!r}"
        yield from _attempt(what, lambda: import_list(path, site, terms=TERMS))  # noqa: B023
