"""What a clerk is told of a site, a page, a document or a ledger that somebody hands in."""

import io
import json
import resource
import shutil
import zipfile
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.cli.publish_command import command as publish
from portal.cli.verify_command import command as verify
from portal.content.loader import load
from portal.errors import VerificationError
from portal.ledger.signing import load_key, new_key
from portal.ledger.siteproof import sign_site
from portal.proof.ledger_json import ledger_json
from portal.proof.publishing import publish_folder
from portal.proof.verification import LedgerBook, Verdict, verify_file
from portal.render.notice.formats import formats_of
from tests.showcase import NOW, ROOT, showcase
from tests.sites import load_all

LATER = NOW + timedelta(days=1)


class Office:
    """A published demonstration round: its folders, ledger, key and a static site."""

    def __init__(self, root: Path) -> None:
        showcase(root)
        (root / "notices" / "ledger.jsonl").unlink()  # this office signs its own
        self.root = root
        self.content = [ROOT / "content", root / "content"]
        self.notices = [root / "notices"]
        self.ledger = root / "notices" / "ledger.jsonl"
        self.key_path = root / "ledger.pem"
        self.site = root / "site"

    def publish(self) -> None:
        signer = new_key(self.key_path, None)
        publish_folder(load_all(self.content, self.notices), self.notices[0], signer, LATER)
        catalogue = load(self.content, self.notices)
        for notice in catalogue.published(LATER):
            folder = self.site / "notices" / notice.slug
            folder.mkdir(parents=True)
            for fmt in formats_of(notice):
                (folder / fmt.filename).write_bytes(fmt.render(notice, catalogue))
            link = f'<link rel="canonical" href="https://x.example/notices/{notice.slug}/">'
            page = f"<html><head>{link}</head><body><p>{notice.title}</p></body></html>"
            (folder / "index.html").write_text(page, encoding="utf-8")
        (self.site / "ledger.json").write_bytes(ledger_json(catalogue))
        sign_site(self.site, signer, LATER)


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Office:
    office = Office(tmp_path_factory.mktemp("office"))
    office.publish()
    return office


@pytest.fixture
def office(published, tmp_path, monkeypatch) -> Office:
    """A copy of the published round that a test may spoil; the local settings point to it."""
    shutil.copytree(published.root, tmp_path / "office")
    made = Office.__new__(Office)
    made.root = tmp_path / "office"
    made.content = [ROOT / "content", made.root / "content"]
    made.notices = [made.root / "notices"]
    made.ledger = made.root / "notices" / "ledger.jsonl"
    made.key_path = made.root / "ledger.pem"
    made.site = made.root / "site"
    monkeypatch.setenv("PORTAL_CONTENT", ":".join(map(str, made.content)))
    monkeypatch.setenv("PORTAL_NOTICES", str(made.notices[0]))
    return made


def told(*arguments) -> tuple[int, str]:
    result = CliRunner().invoke(verify, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def edited_word(content: bytes, old: str, new: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "word/document.xml":
                part = part.replace(old.encode(), new.encode())
            target.writestr(name, part)
    return out.getvalue()


def test_an_untouched_site_is_unchanged(office):
    code, output = told(office.site)
    assert (code, output.splitlines()[-1]) == (0, "结论：未改动")
    assert "首尾相接，签名相符" in output


@pytest.mark.parametrize("filename", ["notice.pdf", "notice.docx", "list.csv", "index.html"])
def test_any_published_file_is_recognised_wherever_it_lies(office, tmp_path, filename):
    copy = tmp_path / f"收到的{Path(filename).suffix}"
    shutil.copy(office.site / "notices" / "demo-1-city" / filename, copy)
    code, output = told(copy, "--site", office.site)
    assert (code, output.splitlines()[-1]) == (0, "结论：未改动")


def test_a_changed_word_file_says_which_line(office, tmp_path):
    original = (office.site / "notices" / "demo-1-city" / "notice.docx").read_bytes()
    forged = tmp_path / "forged.docx"
    forged.write_bytes(edited_word(original, "演示北辰轴承有限公司", "演示南辰轴承有限公司"))
    code, output = told(forged)
    assert code == 1
    assert "自称是公告 demo-1-city 第1版" in output
    assert "原文“演示北辰轴承有限公司”，此件“演示南辰轴承有限公司”" in output
    assert output.splitlines()[-1] == "结论：已改动"


def test_a_changed_pdf_says_which_line(office, tmp_path):
    path = office.notices[0] / "demo-1-city" / "list.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("演示北辰轴承", "演示南辰轴承"), encoding="utf-8")
    catalogue = load_all(office.content, office.notices)
    listed = catalogue.by_slug["demo-1-city"]
    forged = tmp_path / "notice.pdf"
    pdf = next(fmt for fmt in formats_of(listed) if fmt.name == "pdf")
    forged.write_bytes(pdf.render(listed, catalogue))
    path.write_text(text, encoding="utf-8")
    code, output = told(forged)
    assert code == 1
    assert "演示南辰" in output
    assert output.splitlines()[-1] == "结论：已改动"


def test_an_older_revision_is_genuine_but_not_the_newest(office):
    folder = office.notices[0] / "demo-1-city"
    text = (folder / "notice.md").read_text(encoding="utf-8")
    (folder / "revisions" / "1").mkdir(parents=True)
    for name in ("notice.md", "list.csv"):
        shutil.copy(folder / name, folder / "revisions" / "1" / name)
    head = f"---\nrevision: 2\nupdated: {LATER.isoformat()}\nnote: 更正一处误字。\n"
    (folder / "notice.md").write_text(text.replace("---\n", head, 1), encoding="utf-8")
    catalogue = load_all(office.content, office.notices)
    entered = publish_folder(catalogue, office.notices[0], load_key(office.key_path), LATER)
    assert [(item.slug, item.revision) for item in entered] == [("demo-1-city", 2)]
    code, output = told(office.site / "notices" / "demo-1-city" / "notice.pdf")
    assert code == 0
    assert "第1版" in output
    assert "此后已有第2版，请以新版为准" in output


def test_a_changed_page_says_which_line(office, tmp_path):
    page = (office.site / "notices" / "demo-1-city" / "index.html").read_text(encoding="utf-8")
    saved = tmp_path / "saved.html"
    saved.write_text(page.replace("获奖建议名单", "获奖名单"), encoding="utf-8")
    code, output = told(saved, "--site", office.site)
    assert code == 1
    assert "自称是公告 demo-1-city 第1版" in output
    assert "此件“演示第一届质量奖获奖名单公示（演示）”" in output


def test_a_fingerprint_on_paper_leads_to_its_revision(office):
    row = json.loads(office.ledger.read_text(encoding="utf-8").splitlines()[2])
    printed = " ".join(row["source"][i : i + 8] for i in range(0, 64, 8)).upper()
    code, output = told("--fingerprint", printed)
    assert code == 0
    assert f"源文：公告 {row['slug']} 第1版" in output
    code, output = told("--fingerprint", "0123456789abcdef")
    assert code == 1
    assert "台账里没有这个指纹" in output


def test_a_strange_file_is_unknown(office, tmp_path):
    for name, content in (("a.pdf", b"%PDF-1.7 broken"), ("b.docx", b"PK"), ("c.txt", b"hello")):
        (tmp_path / name).write_bytes(content)
        code, output = told(tmp_path / name)
        assert (code, output.splitlines()[-1]) == (1, "结论：不在目录中")


def bomb(says=""):
    """A Word file of a few megabytes whose text takes 1.5 GB."""
    out = io.BytesIO(_endless())
    with zipfile.ZipFile(out, "a") as target:
        target.writestr("docProps/core.xml", f"<a>{says}</a>")
    return out.getvalue()


@cache
def _endless(size=1_500_000_000):
    out = io.BytesIO()
    quickly = {"compression": zipfile.ZIP_DEFLATED, "compresslevel": 1}  # a quarter of the time
    with (
        zipfile.ZipFile(out, "w", **quickly) as target,
        target.open("word/document.xml", "w") as part,
    ):
        for _ in range(size // 1_000_000):
            part.write(bytes(1_000_000))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", bomb),  # made by the test: whoever collects this file need not wait for it
        ("a.json", lambda: b"/notices/a/" + b"[" * 200_000),
    ],
    ids=["bomb", "deep"],
)
def test_a_hostile_file_is_unknown_and_costs_the_clerk_s_machine_nothing(
    office, tmp_path, name, content
):
    (tmp_path / name).write_bytes(content())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    code, output = told(tmp_path / name)
    assert (code, output.splitlines()[-1]) == (1, "结论：不在目录中")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_a_changed_file_that_cannot_be_compared_is_still_told_to_be_changed(office, tmp_path):
    (tmp_path / "a.docx").write_bytes(bomb("https://x.example/notices/demo-1-city/"))
    code, output = told(tmp_path / "a.docx")
    assert (code, output.splitlines()[-1]) == (1, "结论：已改动")
    assert "无法逐行比对：需要的内存超过上限" in output


@pytest.mark.parametrize("text", ["[" * 100_000, '{"ledgers": [[1, null]]}'])
def test_a_ledger_page_that_is_none_is_told(office, tmp_path, text):
    (tmp_path / "ledger.json").write_text(text)
    result = CliRunner().invoke(verify, [str(tmp_path / "ledger.json")])
    assert isinstance(result.exception, VerificationError | SystemExit)


def test_a_notice_that_was_never_published_is_unknown(office, tmp_path):
    original = (office.site / "notices" / "demo-1-city" / "list.json").read_text(encoding="utf-8")
    copy = tmp_path / "list.json"
    copy.write_text(original.replace("demo-1-city", "demo-1-towns"), encoding="utf-8")
    code, output = told(copy)
    assert code == 1
    assert "台账里没有这一版" in output


@pytest.mark.parametrize(
    ("spoil", "told_of"),
    [
        (
            lambda site: (site / "notices/demo-1-city/index.html").write_text("x"),
            "已改动　notices/",
        ),
        (lambda site: (site / "notices/demo-1-city/notice.pdf").unlink(), "被删去了"),
        (lambda site: (site / "extra.html").write_text("x"), "不在目录中　extra.html"),
        (lambda site: (site / "manifest.json").write_text("{}"), "已改动　manifest.json"),
        (lambda site: (site / "manifest.json.minisig").unlink(), "没有签名"),
    ],
    ids=["changed", "removed", "added", "manifest", "signature"],
)
def test_a_spoilt_site_says_what_is_wrong(office, spoil, told_of):
    spoil(office.site)
    code, output = told(office.site)
    assert code == 1
    assert told_of in output


def test_a_site_signed_by_somebody_else_is_not_taken_for_ours(office, tmp_path):
    other = Office(tmp_path / "other")
    other.publish()
    code, output = told(other.site)
    assert code == 1
    assert "链条断裂　发布台账" in output


def test_a_broken_ledger_is_told_with_its_line(office):
    lines = office.ledger.read_text(encoding="utf-8").splitlines()
    del lines[3]
    office.ledger.write_text("\n".join(lines) + "\n", encoding="utf-8")
    code, output = told(office.ledger)
    assert code == 1
    assert "第4行：与上一行接不上" in output
    assert output.splitlines()[-1] == "结论：链条断裂"


def test_programs_get_the_verdict_as_json(office):
    code, output = told(office.site, "--format", "json")
    assert code == 0
    assert json.loads(output)["verdict"] == "未改动"


class TestPublish:
    """The command that enters revisions."""

    def run(self, office, *arguments):
        arguments = arguments or ("--due",)
        options = ["--key", str(office.key_path), "--no-passphrase", *map(str, arguments)]
        for folder in office.content:
            options += ["--content", str(folder)]
        options += ["--notices", str(office.notices[0])]
        return CliRunner().invoke(publish, options)

    def test_what_is_entered_is_not_entered_twice(self, office):
        self.run(office)  # enters the form's keys and scripts, which the round has not
        before = office.ledger.read_bytes()
        result = self.run(office)
        assert result.exit_code == 0, result.output
        assert "新登记0项" in result.output
        assert office.ledger.read_bytes() == before

    def test_an_edit_without_a_revision_is_refused_and_nothing_is_written(self, office):
        path = office.notices[0] / "demo-1-city" / "notice.md"
        path.write_text(path.read_text(encoding="utf-8") + "\n添一句。\n", encoding="utf-8")
        before = office.ledger.read_bytes()
        result = self.run(office)
        assert result.exception is not None
        assert "R004" in {issue.code for issue in result.exception.issues}
        assert office.ledger.read_bytes() == before

    def test_a_rotated_key_goes_on_and_the_old_one_does_not(self, office):
        result = self.run(office, "--rotate-key", "--site", office.site)
        assert result.exit_code == 0, result.output
        assert self.run(office).exit_code == 0
        assert told(office.ledger)[0] == 0
        assert told(office.site)[0] == 0

    def test_a_stopped_change_of_the_key_is_told_and_completed(self, office):
        new_key(office.key_path.with_name("ledger-new.pem"), None)
        before = office.ledger.read_bytes()
        assert "没有做完" in str(self.run(office).exception)
        assert office.ledger.read_bytes() == before
        result = self.run(office, "--rotate-key")
        assert "接着做" in result.output
        assert result.exit_code == 0, result.output
        assert self.run(office).exit_code == 0

    def test_a_lost_key_or_an_emptied_ledger_begins_nothing_anew(self, office):
        assert self.run(office).exit_code == 0
        kept = office.ledger.read_bytes()
        office.ledger.write_bytes(b"")
        assert "比上次登记时少了内容" in str(self.run(office).exception)
        assert office.ledger.read_bytes() == b""
        office.ledger.write_bytes(kept)
        office.key_path.unlink()
        assert "从备份恢复这把密钥" in str(self.run(office).exception)
        assert not office.key_path.exists()

    def test_documents_set_anew_are_entered_again(self, office, monkeypatch):
        changed = office.root / "moved"
        shutil.copytree(ROOT / "content", changed)
        text = (changed / "site.toml").read_text(encoding="utf-8")
        text = text.replace("https://yangquan-quality-award.example", "https://moved.example")
        (changed / "site.toml").write_text(text, encoding="utf-8")
        office.content[0] = changed
        assert "新登记0项" in self.run(office).output
        result = self.run(office, "--anew")
        assert result.exit_code == 0, result.output
        assert "（重新排版）" in result.output
        assert "新登记0项" in self.run(office, "--anew").output
        old = office.site / "notices" / "demo-1-city" / "notice.pdf"
        monkeypatch.setenv("PORTAL_CONTENT", ":".join(map(str, office.content)))
        assert told(old)[0] == 0


def test_a_withdrawal_enters_the_files_of_what_it_withdraws_again(tmp_path):
    office = Office(tmp_path)
    signer = new_key(office.key_path, None)
    catalogue = load_all(office.content, office.notices)
    withdrawal = next(n for n in catalogue.notices if n.kind == "withdrawal")
    target = catalogue.by_slug[withdrawal.amends]
    handed_out = []
    for at in (withdrawal.published - timedelta(minutes=1), LATER):
        publish_folder(load_all(office.content, office.notices), office.notices[0], signer, at)
        public = load(office.content, office.notices).as_of(at)
        render = next(fmt.render for fmt in formats_of(target) if fmt.name == "pdf")
        handed_out.append(render(target, public))
        before = office.ledger.read_bytes()
        publish_folder(load_all(office.content, office.notices), office.notices[0], signer, at)
        assert office.ledger.read_bytes() == before
    book = LedgerBook.from_page(ledger_json(load(office.content, office.notices)))
    assert handed_out[0] != handed_out[1]
    verdicts = [verify_file("a.pdf", content, book).verdict for content in handed_out]
    assert verdicts == [Verdict.UNCHANGED, Verdict.UNCHANGED]
    assert book.chain().verdict is Verdict.UNCHANGED
