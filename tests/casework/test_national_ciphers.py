"""The desk's way in the national ciphers, with keys in files and with keys that a module holds."""

import io
import shutil
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner

from portal.backup.backup_reader import restore
from portal.backup.backup_writer import make_backup
from portal.backup.holdings import Holdings
from portal.casework.approvals import Approvals
from portal.casework.caseroom import CaseRoom
from portal.casework.collecting import import_envelopes
from portal.casework.escrow_shares import join_escrow
from portal.casework.handling import Casework
from portal.casework.handover import hand_over
from portal.casework.identities import new_identity, protect, unprotect
from portal.casework.key_store import KeyStore
from portal.casework.people import Person, Role
from portal.casework.registering import Channel, Paper, register_by_hand
from portal.casework.unsealing import unseal_file
from portal.cli.keys_command import command as keys_command
from portal.cli.verify_command import command as verify
from portal.config.key_settings import KeySettings
from portal.domain.objection import (
    CaseState,
    EntryRef,
    Grounds,
    LookAct,
    Objection,
    Objector,
    ObjectorKind,
)
from portal.domain.routing import ESCROW
from portal.errors import RequestError, SealError
from portal.sealed import sm_curve
from portal.sealed.public_keys import PublicKeys
from portal.sealed.signed_answers import Proof, text_of
from portal.sealed.sm_keys import HeldKey
from portal.sealed.suites import AGE, SM, recipient_of, suite_taking
from portal.submission.form_drafts import code_of, new_secret
from portal.submission.replies import read_case
from portal.watching.findings import Level
from portal.watching.site_checks import keys_of_windows
from tests.casedesk import make_casedesk
from tests.casework import test_handling as handling
from tests.casework import test_looks as looks
from tests.publicside import SLUG
from tests.smmodule import MODULE, PIN, Module
from tests.submission.test_submitting import Objecting, side_in

LIGHT = 4
PASSPHRASE = "一句足够长的演示口令，够长"
OFFICE, MAIN = "pingding-office", "city-office"
OFFICER = Person("wang.pd", "王平", Role.COUNTY, OFFICE, "pingding")
SECOND = Person("li.city", "李市", Role.CITY, MAIN)


IN_FILES = (
    looks.test_each_look_is_told_with_office_and_role_and_answers_keep_their_numbers,
    handling.test_an_altered_envelope_is_reported_and_not_opened,
    handling.test_a_case_runs_from_arrival_to_the_end_and_the_citizen_reads_each_step,
)
IN_MODULE = (
    handling.test_a_reply_that_decides_goes_out_signed_with_the_confirmation_and_not_before,
    handling.test_a_conflict_goes_one_level_up_and_the_former_office_cannot_open_it_any_more,
    handling.test_the_main_office_reads_what_a_county_shares_and_nothing_else,
)


@pytest.mark.parametrize(
    ("way", "held"),
    [*((way, False) for way in IN_FILES), *((way, True) for way in IN_MODULE)],
    ids=lambda value: value.__name__.removeprefix("test_")[:40] if callable(value) else str(value),
)
def test_what_holds_for_age_holds_here(way, held, sqlite_register, tmp_path):
    desk = make_casedesk(tmp_path, sqlite_register, SM, Module() if held else None)
    way(desk)
    envelopes = [*desk.room.folder.rglob("*.sealed")]
    assert envelopes
    for path in envelopes:
        assert path.read_bytes().startswith(b"portal-envelope/1 sm2-sm4gcm-v1\n")


@pytest.mark.parametrize("held", [False, True], ids=["files", "module"])
def test_an_objection_from_the_form_to_its_end(held, sqlite_register, tmp_path, monkeypatch):
    """Sealed by the server, collected, opened, answered, signed, read, verified, destroyed."""
    side = side_in(tmp_path, SM)
    shutil.rmtree(side.root / "keys/public")
    store = KeyStore(side.root / "keys", SM, module := Module() if held else None)
    word = PIN if held else PASSPHRASE
    now = side.clock()
    for holder in (OFFICE, MAIN, ESCROW):
        key = store.new(holder, SLUG, word, now, LIGHT)
        assert suite_taking(key.public) is SM
    code, objecting = code_of(new_secret()), Objecting(side)
    objecting.send(code, "与公报不一致：金丝雀。", b"%PDF-1.4 " * 9000)
    side.collect()
    room = CaseRoom(
        sqlite_register, side.root / "desk", store, tmp_path / "holds.json", lambda: side.catalogue
    ).prepare()
    import_envelopes(room, now)
    number = read_case(side.box, code, store.public).header.number
    identity = store.identity(OFFICE, SLUG, word)
    assert isinstance(identity, HeldKey) == held
    assert recipient_of(identity) == store.public.recipient(OFFICE, SLUG)
    assert store.public.signs(OFFICE, SLUG).startswith("sm2sign1")
    keys = (identity,)
    work = Casework(room)
    work.open(OFFICER, number, keys, now)
    work.accept(OFFICER, number, now, keys)
    work.examine(OFFICER, number, now, keys)
    approvals = Approvals(room)
    proposal = replace(handling.closing(handling.Outcome.REJECTED), reply="经核查，情况不属实。")
    approvals.propose(OFFICER, number, proposal, now, keys)
    approvals.confirm(SECOND, number, now + timedelta(hours=1), unread=True)
    side.collect()
    case = read_case(side.box, code, store.public)
    assert case.state is CaseState.CLOSED
    assert {proof for _, proof in case.items} == {Proof.SOUND}
    assert [look.act for look in case.looks] == [LookAct.OPEN]
    (file := tmp_path / "答复.txt").write_text(text_of(case.answers[-1], number, SLUG))
    monkeypatch.setenv("PORTAL_KEYS", str(store.root))
    assert CliRunner().invoke(verify, [str(file)]).exit_code == 0
    file.write_text(file.read_text().replace("不成立", "成立").replace("closed", "accepted"))
    assert CliRunner().invoke(verify, [str(file)]).exit_code == 1

    _handed_over(objecting, room, keys, store.identity(MAIN, SLUG, word))
    _on_paper(side, room, keys)
    _backed_up(side, f"sqlite:///{tmp_path}/register.sqlite3", tmp_path, store, word)
    if module:
        assert module.keys[f"{OFFICE}/{SLUG}"][1].used > 3
    certificate = store.destroy(SLUG, [room.folders.envelopes], now)
    assert len(certificate.keys) == 3
    assert not module or not module.keys
    assert [*(store.root / "private").rglob("*.*")] == []
    with pytest.raises(SealError, match="没有"):
        store.identity(OFFICE, SLUG, word)
    everything = [path.read_bytes() for path in side.root.rglob("*") if path.is_file()]
    for secret in (b"SM2-SECRET-KEY", "金丝雀".encode()):
        assert not any(secret in data for data in everything)


def _handed_over(objecting, room, keys, upper):
    """A second case goes one level up, where the other key opens and signs it."""
    side, now = objecting.side, objecting.side.clock()
    second = code_of(new_secret())
    objecting.send(second, "另一件。")
    side.collect()
    import_envelopes(room, now)
    other = read_case(side.box, second, room.keys.public).header.number
    assert hand_over(room, OFFICER, other, keys, now) == MAIN
    work = Casework(room)
    work.open(SECOND, other, (upper,), now)
    work.accept(SECOND, other, now, (upper,))
    side.collect()
    case = read_case(side.box, second, room.keys.public)
    assert (case.office, case.state) == (MAIN, CaseState.ACCEPTED)
    assert {proof for _, proof in case.items} == {Proof.SOUND}


def _on_paper(side, room, keys):
    """Who came on paper reads the answer by a code of this suite."""
    now = side.clock()
    objector = Objector(ObjectorKind.PERSON, "孙八", phone="13812345678")
    entry = (EntryRef("平定县甲制造有限公司", "组织"),)
    objection = Objection("", SLUG, 1, now, objector, (Grounds.UNTRUE,), "数据不实。", "1", entry)
    made = register_by_hand(room, OFFICER, Paper(objection, Channel.VISIT), (), now, coded=True)
    work = Casework(room)
    work.open(OFFICER, made.number, keys, now)
    work.accept(OFFICER, made.number, now, keys)
    side.collect()
    case = read_case(side.box, made.code, room.keys.public)
    assert [answer.state for answer in case.answers] == [CaseState.ACCEPTED]
    assert case.sent[0].facts == "数据不实。"


def _backed_up(side, url, folder, store, word):
    """A backup, itself an age file, carries keys and envelopes whole."""
    backup, public = new_identity()
    here = Holdings(side.root, (), (), store.root, side.root / "dropbox", side.root / "spool", url)
    with pytest.raises(RequestError, match="age1"):
        make_backup(here, folder, [store.public.recipient(OFFICE, SLUG)], side.clock)
    written = make_backup(here, folder, [public], side.clock)
    state = restore(written.path, folder / "restored", [backup]).state
    again = KeyStore(state / "keys", SM, store.module)
    keys = [again.identity(holder, SLUG, word) for holder in (OFFICE, MAIN)]
    for path in (state / "desk/envelopes").glob("*.sealed"):
        assert unseal_file(path, keys).document


def test_a_key_file_opens_with_its_passphrase_and_any_damage_is_refused():
    identity, _ = new_identity(SM)
    data = protect(f"# x\n{identity}\n", PASSPHRASE, LIGHT, SM)
    assert identity in unprotect(data, PASSPHRASE)
    assert b"SECRET" not in data
    for place in range(0, len(data) - 1, 3):
        changed = data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :]
        with pytest.raises(SealError):
            unprotect(changed, PASSPHRASE)
    text = next(text for n in range(3) if b"=" in (text := protect("x" * n, PASSPHRASE, LIGHT, SM)))
    last = text.rindex(text.rstrip(b"=\n")[-1:])
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    loose = letters[letters.index(text[last]) + 1]
    with pytest.raises(SealError):
        unprotect(text[:last] + bytes((loose,)) + text[last + 1 :], PASSPHRASE)
    for wrong in (data[:-5], data[:40], data.replace(b" 4\n", b" 99\n"), data + data):
        with pytest.raises(SealError):
            unprotect(wrong, PASSPHRASE)
    with pytest.raises(SealError, match="口令不对"):
        unprotect(data, "another passphrase")


def test_keys_of_two_suites_for_one_window_are_refused_with_what_to_do(tmp_path):
    now = handling.NOW
    age, sm = (KeyStore(tmp_path, suite) for suite in (AGE, SM))
    age.new(OFFICE, SLUG, PASSPHRASE, now, LIGHT)
    for act in (
        lambda: sm.new(ESCROW, SLUG, PASSPHRASE, now, LIGHT),
        lambda: sm.new_in_shares(SLUG, 2, 3, now),
    ):
        with pytest.raises(RequestError, match="PORTAL_KEY_SUITE 设为 age"):
            act()
    assert [key.office for key in age.all()] == [OFFICE]
    sm.new(OFFICE, "another", PASSPHRASE, now, LIGHT)  # windows of both go on beside each other
    assert suite_taking(age.public.recipient(OFFICE, "another")) is SM
    assert SM.holds(age.identity(OFFICE, "another", PASSPHRASE))
    shared = sm.new_in_shares("another", 2, 3, now)
    assert recipient_of(join_escrow(shared.texts[:2])[1]) == shared.public
    # Somebody carries a key of the other suite in by hand: nothing is sealed.
    (tmp_path / "public" / ESCROW).mkdir()
    (tmp_path / "public" / ESCROW / f"{SLUG}.pub").write_text(new_identity(SM)[1] + "\n")
    assert age.public.recipients(OFFICE, SLUG) == ()
    assert not age.public.takes_objections(SLUG)


def test_the_check_of_keys_tells_two_suites_and_a_system_without_sm2(tmp_path, monkeypatch):
    side = side_in(tmp_path, SM)
    public = PublicKeys(side.root / "keys/public")
    check = keys_of_windows(lambda: side.catalogue, public)
    assert check.look(side.clock()).level is Level.GOOD
    monkeypatch.setattr(sm_curve, "_NAMES", ())
    sm_curve._library.cache_clear()
    found = check.look(side.clock())
    assert (found.level, "没有带 SM2 的 OpenSSL 3" in found.words) == (Level.BAD, True)
    with pytest.raises(SealError, match="OpenSSL 3"):
        new_identity(SM)
    assert public.recipients(OFFICE, SLUG)  # what needs no SM2 goes on: a page seals by itself
    monkeypatch.undo()
    sm_curve._library.cache_clear()
    (public.root / OFFICE / f"{SLUG}.pub").write_text(new_identity()[1] + "\n")
    found = check.look(side.clock())
    assert (found.level, "不是同一套" in found.words) == (Level.BAD, True)


def test_a_module_keeps_its_keys_and_says_what_is_wrong(tmp_path, monkeypatch):
    store = KeyStore(tmp_path, SM, module := Module())
    store.new(OFFICE, SLUG, PIN, handling.NOW)
    assert store.same_passphrase(MAIN, SLUG, PIN) == ""
    with pytest.raises(SealError, match="口令不对"):
        store.identity(OFFICE, SLUG, "000000")
    assert module.failures == 1  # nobody tried more PINs than were typed
    with pytest.raises(SealError, match="PORTAL_KEY_MODULE"):
        KeyStore(tmp_path, SM).identity(OFFICE, SLUG, PIN)
    with pytest.raises(SealError, match="PORTAL_KEY_MODULE"):
        KeyStore(tmp_path).destroy(SLUG, [], handling.NOW)
    assert store.identity_path(OFFICE, SLUG).exists()
    held = module.keys[f"{OFFICE}/{SLUG}"][1]
    identity = store.identity(OFFICE, SLUG, PIN)
    monkeypatch.setattr(held, "decrypt", lambda _: {}[PIN])  # as its driver fails
    monkeypatch.setattr(module, "make", lambda *_: {}[PIN])
    sealed = io.BytesIO()
    SM.seal(io.BytesIO(b"x"), sealed, [recipient_of(identity)])
    for act in (
        lambda: SM.open(io.BytesIO(sealed.getvalue()), io.BytesIO(), [identity]),
        lambda: store.new(MAIN, SLUG, PIN, handling.NOW),
    ):
        with pytest.raises(SealError, match="没有完成（KeyError）") as told:
            act()
        assert PIN not in str(told.value)
    monkeypatch.undo()
    module.keys.clear()
    module.make(f"{OFFICE}/{SLUG}", PIN)
    with pytest.raises(SealError, match="不是"):
        store.identity(OFFICE, SLUG, PIN)
    text = store.identity_path(OFFICE, SLUG).read_text()
    assert "SECRET" not in text
    assert text.endswith(f"\n{OFFICE}/{SLUG}\n")


def test_the_settings_say_which_keys_are_made(tmp_path, monkeypatch):
    assert KeySettings().suite is AGE
    monkeypatch.setenv("PORTAL_KEY_SUITE", "sm2")
    assert (KeySettings().suite, KeySettings().module) == (SM, None)
    monkeypatch.setenv("PORTAL_KEY_MODULE", "tests.smmodule:module")
    assert KeySettings().store(tmp_path).module is MODULE
    for wrong in ("tests.smmodule:nothing", "tests.smmodule", "no.such:module", ":"):
        monkeypatch.setenv("PORTAL_KEY_MODULE", wrong)
        with pytest.raises(RequestError, match=r"包\.模块:函数"):
            KeySettings()
    monkeypatch.delenv("PORTAL_KEY_MODULE")
    monkeypatch.setenv("PORTAL_KEY_SUITE", "SM4")
    with pytest.raises(RequestError, match="age 或者 sm2"):
        KeySettings()


def test_the_key_keeper_makes_lists_and_destroys_keys_of_a_module(tmp_path, monkeypatch):
    side_in(tmp_path)
    for name, value in {
        "PORTAL_CONTENT": tmp_path / "site/content",
        "PORTAL_NOTICES": tmp_path / "site/notices",
        "PORTAL_STATE": tmp_path / "own",
        "PORTAL_KEY_SUITE": "sm2",
        "PORTAL_KEY_MODULE": "tests.smmodule:module",
        "PORTAL_PASSPHRASE": PIN,
    }.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.setattr(MODULE, "keys", {})

    def portal(*words):
        return CliRunner().invoke(keys_command, [*words, "--notice", SLUG])

    made = portal("new", "--one-passphrase")
    assert (made.exit_code, made.output.count("  sm21q")) == (0, 3), made.output
    assert sorted(MODULE.keys) == [f"{office}/{SLUG}" for office in (MAIN, ESCROW, OFFICE)]
    monkeypatch.setenv("PORTAL_KEY_SUITE", "age")
    for act in (("new", "--office", "another-office"), ("escrow", "--into", str(tmp_path / "x"))):
        refused = portal(*act)
        assert refused.exit_code == 1
        assert isinstance(refused.exception, RequestError)
    assert not (tmp_path / "x").exists()
    assert "已销毁3把密钥" in portal("destroy", "--yes").output
    assert MODULE.keys == {}
