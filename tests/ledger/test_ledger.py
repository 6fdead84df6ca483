"""The ledger: any change to any line is found; a new key is endorsed by the old one."""

import json
import os
import subprocess
import threading
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal.errors import RequestError, VerificationError
from portal.ledger.chain import LedgerWriter, check_chain, ledger_writer, sound_ledger
from portal.ledger.ledger_lines import GENESIS, ledger_head, line_digest, read_ledger
from portal.ledger.signing import (
    SigningKey,
    check_minisign,
    load_key,
    minisign_public,
    minisign_signature,
    new_key,
)
from portal.ledger.siteproof import sign_site, site_files

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def key(tmp_path_factory) -> SigningKey:
    return new_key(tmp_path_factory.mktemp("keys") / "ledger.pem", None)


@pytest.fixture(scope="module")
def lines(key, tmp_path_factory) -> list[str]:
    """A ledger of four revisions with a change of key in the middle."""
    writer = LedgerWriter(GENESIS, key, AT)
    writer.begin()
    enter(writer, "a-notice", "b-notice")
    writer.rotate(new_key(tmp_path_factory.mktemp("keys") / "second.pem", None))
    enter(writer, "c-notice", "d-notice")
    return writer.lines


def enter(writer: LedgerWriter, *slugs: str) -> None:
    for slug in slugs:
        writer.revision(slug, 1, AT, "ab" * 32, {"notice.pdf": "cd" * 32})


def test_a_ledger_as_written_holds(lines, key):
    report = check_chain(lines, key.id)
    assert report.whole
    assert report.count == 6
    assert report.keys[0] == key.id
    assert len(report.keys) == 2


@given(data=st.data())
def test_any_changed_character_is_found_in_its_line_or_the_next(data, lines):
    number = data.draw(st.integers(0, len(lines) - 1))
    place = data.draw(st.integers(0, len(lines[number]) - 1))
    other = data.draw(st.characters(min_codepoint=32, max_codepoint=126))
    changed = lines[number][:place] + other + lines[number][place + 1 :]
    if changed == lines[number]:
        return
    report = check_chain([*lines[:number], changed, *lines[number + 1 :]])
    assert not report.whole
    assert report.line in (number + 1, number + 2)


@given(data=st.data())
def test_a_removed_doubled_or_moved_line_is_found(data, lines):
    number = data.draw(st.integers(0, len(lines) - 2))
    rest = [*lines[:number], *lines[number + 1 :]]
    where = data.draw(st.integers(0, len(rest)))
    moved = [*rest[:where], lines[number], *rest[where:]]
    assert not check_chain(rest).whole
    assert check_chain(moved).whole == (moved == lines)
    assert not check_chain([*lines[: number + 1], lines[number], *lines[number + 1 :]]).whole


@given(data=st.data())
def test_a_forger_who_links_the_lines_anew_is_found_without_each_signature(data, lines):
    number = data.draw(st.integers(0, len(lines) - 1))
    rows = [json.loads(line) for line in lines]
    name = data.draw(st.sampled_from(sorted(rows[number].keys() - {"previous"})))
    rows[number][name] = data.draw(st.sampled_from(["", "x", rows[0]["signature"], 7]))
    assume(rows[number] != json.loads(lines[number]))
    forged: list[str] = []
    for row in rows:
        row["previous"] = line_digest(forged[-1]) if forged else GENESIS
        forged.append(json.dumps(row, ensure_ascii=False, separators=(",", ":")))
    assert not check_chain(forged, each=False).whole


@given(data=st.data())
def test_a_ledger_that_grew_or_was_replaced_is_read_as_if_nothing_were_known(data, lines):
    before, now = (lines[: data.draw(st.integers(0, len(lines)))] for _ in range(2))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.jsonl"
        path.write_text("".join(f"{line}\n" for line in before), encoding="utf-8")
        known = sound_ledger([path])
        path.write_text("".join(f"{line}\n" for line in now), encoding="utf-8")
        found, fresh = sound_ledger([path], known), sound_ledger([path])
    assert found == fresh
    assert list(found) == list(fresh)
    entered = {line.slug for line in known}
    assert known.differing(found) == entered ^ found.slugs


def test_a_ledger_of_somebody_else_is_not_trusted(tmp_path, key):
    stranger = new_key(tmp_path / "stranger.pem", None)
    writer = LedgerWriter(GENESIS, stranger, AT)
    writer.begin()
    enter(writer, "a-notice")
    assert check_chain(writer.lines).whole
    report = check_chain(writer.lines, key.id)
    assert (report.whole, report.line) == (False, 1)


def test_a_kind_of_line_from_a_newer_program_is_refused_in_words(tmp_path, key):
    path = tmp_path / "ledger.jsonl"
    writer = LedgerWriter(GENESIS, key, AT)
    writer.begin()
    enter(writer, "a-notice")
    writer.state("taken-down", {"slug": "a-notice"})
    enter(writer, "b-notice")
    writer.write(path)
    for read in (lambda: sound_ledger([path]), lambda: ledger_writer(path, key, AT)):
        with pytest.raises(VerificationError, match=r"ledger.jsonl:3: .*taken-down.*升级本程序"):
            read()
    assert check_chain([line.replace("taken-down", "form") for line in writer.lines]).reason == (
        "签名不符：这一行被改动过"
    )


def test_a_key_that_the_old_one_did_not_endorse_is_refused(lines):
    row = json.loads(lines[3])
    row["endorsed"] = row["signature"]
    forged = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    report = check_chain([*lines[:3], forged])
    assert (report.line, report.reason) == (4, "更换密钥没有得到旧密钥的签名")


def test_lines_are_read_back_without_the_key_lines(tmp_path, lines):
    path = tmp_path / "ledger.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = read_ledger(path)
    assert [line.slug for line in found] == ["a-notice", "b-notice", "c-notice", "d-notice"]
    assert found[0].outputs == {"notice.pdf": "cd" * 32}
    assert found[1].previous == found[0].digest
    assert ledger_head(path) == found[-1].digest


def test_no_ledger_is_an_empty_one(tmp_path):
    assert read_ledger(tmp_path / "ledger.jsonl") == ()
    assert ledger_head(tmp_path / "ledger.jsonl") == GENESIS


@pytest.mark.parametrize("text", ["{not json\n", "{}\n", '{"slug": "a"}\n'])
def test_a_damaged_ledger_is_refused_with_its_line(tmp_path, text):
    path = tmp_path / "ledger.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(VerificationError, match=r"ledger\.jsonl:1"):
        read_ledger(path)


def test_two_who_write_at_once_leave_one_whole_ledger(tmp_path, key):
    path = tmp_path / "ledger.jsonl"
    writers = [ledger_writer(path, key, AT) for _ in range(4)]
    refused = []

    def write(number: int) -> None:
        enter(writers[number], f"notice-{number}")
        try:
            writers[number].write(path)
        except RequestError:
            refused.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(refused) == 3
    assert check_chain(lines).whole
    assert len(lines) == 2


def test_a_broken_ledger_takes_no_further_line(tmp_path, key, lines):
    path = tmp_path / "ledger.jsonl"
    path.write_text("\n".join([*lines[:2], lines[3]]) + "\n", encoding="utf-8")
    with pytest.raises(VerificationError, match="链条断裂"):
        ledger_writer(path, key, AT)


def test_another_key_cannot_go_on(tmp_path, key):
    path = tmp_path / "ledger.jsonl"
    writer = ledger_writer(path, key, AT)
    writer.write(path)
    with pytest.raises(VerificationError, match="现用的密钥是"):
        ledger_writer(path, new_key(tmp_path / "other.pem", None), AT)


def test_a_key_opens_with_its_passphrase_only(tmp_path):
    path = tmp_path / "keys" / "ledger.pem"
    made = new_key(path, "开门口令")
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_key(path, "开门口令").id == made.id
    for wrong in ("别的口令", None):
        with pytest.raises(RequestError, match="口令不对"):
            load_key(path, wrong)
    with pytest.raises(RequestError, match="不会覆盖"):
        new_key(path, None)


def test_minisign_checks_the_manifest(tmp_path, key):
    (tmp_path / "notices").mkdir()
    (tmp_path / "notices" / "index.html").write_text("页面", encoding="utf-8")
    (tmp_path / ".hidden").write_text("x")
    assert sign_site(tmp_path, key, AT) == 1
    command = ["minisign", "-Vm", "manifest.json", "-p", "minisign.pub"]
    good = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert good.returncode == 0
    assert "signed 2026-11-22T10:00:00+00:00 files 1" in good.stdout
    assert site_files(tmp_path).keys() == {"notices/index.html"}
    with (tmp_path / "manifest.json").open("a") as file:
        file.write(" ")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode != 0


@given(message=st.binary(max_size=200), comment=st.text("abc 公示", max_size=20), at=st.integers(0))
def test_a_detached_signature_holds_for_its_message_and_comment_alone(message, comment, at, key):
    signature = minisign_signature(key, message, comment)
    assert check_minisign(key.public, message, signature) == comment
    with pytest.raises(VerificationError):
        check_minisign(key.public, message + b"x", signature)
    body, _, rest = signature.rpartition("trusted comment: ")
    with pytest.raises(VerificationError):
        check_minisign(key.public, message, f"{body}trusted comment: x{rest}")
    kept = at % len(signature)
    if kept < len(signature.rstrip()):
        with pytest.raises(VerificationError):
            check_minisign(key.public, message, signature[:kept])


def test_the_public_key_file_is_minisign_s(key):
    first, second = minisign_public(key.public).splitlines()
    assert first.startswith("untrusted comment: minisign public key ")
    assert second.startswith("RW")


def test_lines_that_held_are_not_looked_at_again_and_others_are(tmp_path):
    """What a server knows to hold may be left out; what comes after it never is."""
    key = new_key(tmp_path / "key.pem", None)
    path = tmp_path / "ledger.jsonl"
    for number in range(3):
        writer = ledger_writer(path, key, AT)
        writer.revision(f"n-{number}", 1, AT, "0" * 64, {})
        writer.write(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    for begun in range(len(lines) + 1):
        known = lines[:begun]
        assert check_chain(lines, known=known) == check_chain(lines)
        for changed in range(begun, len(lines)):
            forged = [*lines[:changed], lines[changed].replace("n-", "m-"), *lines[changed + 1 :]]
            forged[changed] += " " if forged == lines else ""
            assert not check_chain(forged, known=known).whole
    other = [lines[0].replace("public", "publik"), *lines[1:]]
    assert not check_chain(other, known=lines[:2]).whole


def test_who_may_read_the_folder_may_read_a_ledger_that_a_closed_service_began(tmp_path, key):
    path = tmp_path / "ledger.jsonl"
    tmp_path.chmod(0o755)
    before = os.umask(0o077)
    try:
        ledger_writer(path, key, AT).write(path)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o644
