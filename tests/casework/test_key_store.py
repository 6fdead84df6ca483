"""Keys: made once, opened by Debian's age, useless without the passphrase, destroyed for good."""

import json
import os
import pty
import re
import subprocess
from datetime import datetime
from pathlib import Path

import pytest

from portal.casework.identities import protect, unprotect
from portal.casework.key_store import KeyStore
from portal.casework.whole_keys import identity_fault
from portal.domain.routing import ESCROW
from portal.domain.workdays import SHANGHAI
from portal.errors import RequestError, SealError
from portal.sealed.suites import AGE, SM, Suite, recipient_of
from portal.submission.form_drafts import code_of, new_secret
from tests.publicside import SLUG
from tests.submission.test_submitting import Objecting, side_in

NOW = datetime(2021, 12, 5, 9, 0, tzinfo=SHANGHAI)
PASSPHRASE = "一句足够长的演示口令，够长"
LIGHT = 10  # scrypt of a test; the real work factor is tried once below


def store_in(root: Path, *offices: str) -> KeyStore:
    store = KeyStore(root)
    for office in offices:
        store.new(office, SLUG, PASSPHRASE, NOW, LIGHT)
    return store


def age_with_passphrase(path: Path, passphrase: str) -> tuple[int, str]:
    """Run `age -d` on a terminal of its own, since it asks there for the passphrase."""
    child, terminal = pty.fork()
    if child == 0:
        os.execvp("age", ["age", "-d", str(path)])
    os.write(terminal, passphrase.encode() + b"\n")
    told = b""
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            break
        if not piece:
            break
        told += piece
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), told.decode()


def test_an_identity_opens_with_its_passphrase_only(tmp_path: Path) -> None:
    store = store_in(tmp_path, "pingding-office")
    identity = store.identity("pingding-office", SLUG, PASSPHRASE)
    assert recipient_of(identity) == store.public.recipient("pingding-office", SLUG)
    with pytest.raises(SealError, match="口令不对"):
        store.identity("pingding-office", SLUG, "another passphrase")
    with pytest.raises(SealError, match="这台机器上没有"):
        store.identity("yuxian-office", SLUG, PASSPHRASE)


def test_debian_age_opens_an_identity_file_of_full_strength(tmp_path: Path) -> None:
    store = KeyStore(tmp_path)
    key = store.new("pingding-office", SLUG, "demonstration passphrase", NOW)
    path = store.identity_path("pingding-office", SLUG)
    assert b"-> scrypt " in path.read_bytes()[:60]
    status, told = age_with_passphrase(path, "demonstration passphrase")
    assert status == 0, told
    found = re.search("AGE-SECRET-KEY-1[0-9A-Z]+", told)
    assert found
    assert recipient_of(found[0]) == key.public


def test_the_public_file_is_a_recipients_file_for_age(tmp_path: Path) -> None:
    store = store_in(tmp_path, "pingding-office")
    public = tmp_path / "public/pingding-office" / f"{SLUG}.pub"
    done = subprocess.run(["age", "-R", public], input=b"x", check=True, capture_output=True)
    assert done.stdout.startswith(b"age-encryption.org/v1")
    assert store.identity_path("pingding-office", SLUG).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("change", range(0, 400, 13))
def test_a_damaged_identity_file_is_refused(change: int) -> None:
    data = bytearray(protect("AGE-SECRET-KEY-1" + "Q" * 200, PASSPHRASE, LIGHT))
    if change < len(data):
        data[change] ^= 1
        with pytest.raises(SealError):
            unprotect(bytes(data), PASSPHRASE)


@pytest.mark.parametrize("suite", [AGE, SM])
def test_a_cut_identity_file_shows_without_its_passphrase(tmp_path: Path, suite: Suite) -> None:
    store = KeyStore(tmp_path, suite)
    store.new("pingding-office", SLUG, PASSPHRASE, NOW, LIGHT)
    path = store.identity_path("pingding-office", SLUG)
    whole = path.read_bytes()
    assert identity_fault(store, path) == ""
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert identity_fault(store, path), length


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    store = store_in(tmp_path, "pingding-office")
    with pytest.raises(RequestError, match="已存在"):
        store.new("pingding-office", SLUG, PASSPHRASE, NOW, LIGHT)
    with pytest.raises(RequestError, match="至少12个字符"):
        store.new("yuxian-office", SLUG, "short", NOW, LIGHT)
    with pytest.raises(RequestError, match="不合规"):
        store.new("../x", SLUG, PASSPHRASE, NOW, LIGHT)
    assert store.public.recipient("../private/pingding-office", SLUG) is None


def test_a_window_needs_office_and_escrow(tmp_path: Path) -> None:
    store = store_in(tmp_path, "pingding-office")
    assert store.public.recipients("pingding-office", SLUG) == ()
    store.new(ESCROW, SLUG, PASSPHRASE, NOW, LIGHT)
    assert len(store.public.recipients("pingding-office", SLUG)) == 2


def test_destroying_a_windows_keys_ends_retention_and_certifies_it(tmp_path: Path) -> None:
    """Crypto-shredding: envelope and passphrase are still there, and nothing opens."""
    side = side_in(tmp_path)
    objecting = Objecting(side)
    acknowledged = objecting.send(code_of(new_secret()), "金丝雀")
    store = store_in(tmp_path / "keys", "pingding-office", ESCROW)
    elsewhere = tmp_path / "keys/public/city-office"
    elsewhere.mkdir()
    (elsewhere / f"{SLUG}.pub").write_text("age1" + "q" * 58 + "\n")
    certificate = store.destroy(SLUG, [side.box.inbox, side.desk.envelopes], NOW)
    assert len(certificate.keys) == 2
    assert certificate.elsewhere == ("city-office",)
    assert acknowledged.signed is not None
    assert f"sha256:{certificate.envelopes[0]}" in acknowledged.signed
    with pytest.raises(SealError, match="没有"):
        store.identity("pingding-office", SLUG, PASSPHRASE)
    assert store.public.recipients("pingding-office", SLUG) == ()
    [filed] = (tmp_path / "keys/destroyed").iterdir()
    content = json.loads(filed.read_text(encoding="utf-8"))
    assert content["finished"] is True
    assert content["envelopes"]["count"] == 1
    assert not any("金丝雀" in str(value) for value in content.values())
    names = "type notice destroyed keys envelopes elsewhere finished"
    assert set(content) == set(names.split())
    with pytest.raises(RequestError, match="没有 other 的密钥"):
        store.destroy("other", [], NOW)


def test_every_folder_of_keys_is_closed_to_others_whatever_the_umask(tmp_path):
    import os
    import stat

    from portal.casework.desk_key import DeskKey
    from portal.sealed.public_keys import ReceiptKey

    old = os.umask(0)
    try:
        KeyStore(tmp_path / "one/keys").new("city-office", "list", PASSPHRASE, NOW, work_factor=2)
        DeskKey(tmp_path / "two/keys").signer()
        ReceiptKey(tmp_path / "three/keys").signer()
    finally:
        os.umask(old)
    for path in tmp_path.rglob("*"):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_one_passphrase_for_two_holders_is_noticed_and_a_weak_one_refused(tmp_path: Path) -> None:
    store = store_in(tmp_path, "pingding-office")
    assert store.same_passphrase(ESCROW, SLUG, PASSPHRASE) == "pingding-office"
    assert not store.same_passphrase(ESCROW, SLUG, "another passphrase")
    assert not store.same_passphrase("pingding-office", SLUG, PASSPHRASE)
    for weak in ("short one", "aaaaaaaaaaaaaaaa", "123123123123123"):
        with pytest.raises(RequestError, match="口令至少12个字符"):
            store.new(ESCROW, SLUG, weak, NOW, LIGHT)


def test_an_escrow_key_in_shares_leaves_no_identity_on_the_machine(tmp_path: Path) -> None:
    store = store_in(tmp_path, "pingding-office")
    shared = store.new_in_shares(SLUG, 2, 3, NOW)
    assert not store.public.recipients("pingding-office", SLUG)
    store.publish_escrow(SLUG, shared, NOW)
    assert store.public.recipients("pingding-office", SLUG)[1] == shared.public
    assert not store.identity_path(ESCROW, SLUG).exists()
    with pytest.raises(RequestError, match="已存在"):
        store.new_in_shares(SLUG, 2, 3, NOW)
    assert ESCROW in store.destroy(SLUG, [], NOW).elsewhere
