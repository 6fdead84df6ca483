"""Public keys: what is said of them is true of the files as they lie there now."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.casework.identities import new_identity
from portal.domain.routing import ESCROW
from portal.sealed.public_keys import PublicKeys
from portal.sealed.suites import AGE, SM, Suite

NOTICES = ("first-list", "second-list")
KEYS: Mapping[str, tuple[Suite, str]] = {
    name: (suite, new_identity(suite)[1]) for name, suite in (("age", AGE), ("sm", SM))
}
FILES = st.tuples(st.sampled_from(["city-office", ESCROW]), st.sampled_from(NOTICES))


def put(path: Path, content: str) -> None:
    """A key, rubbish, a link to nowhere, a folder, or nothing at all."""
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    path.unlink(missing_ok=True)
    path.parent.mkdir(exist_ok=True)
    if content == "link":
        path.symlink_to("nowhere")
    elif content == "folder":
        path.mkdir()
    elif content != "none":
        path.write_text(KEYS[content][1] if content in KEYS else "rubbish\n")


@settings(max_examples=25)
@given(
    st.lists(st.tuples(FILES, st.sampled_from([*KEYS, "rubbish", "link", "folder", "none"]))),
)
@example([(("city-office", NOTICES[0]), "age"), (("city-office", NOTICES[0]), "sm")])
def test_each_answer_follows_the_files(
    changes: list[tuple[tuple[str, str], str]],
) -> None:
    with TemporaryDirectory() as name:
        keys, there = PublicKeys(Path(name)), {}
        (keys.root / "desk.pub").write_text("a key of another kind\n")
        for (office, notice), content in changes:
            put(keys.root / office / f"{notice}.pub", content)
            there[office, notice] = KEYS.get(content)
            sound = {place: found for place, found in there.items() if found}
            assert keys.all_suites() == {suite for suite, _ in sound.values()}
            for one in NOTICES:
                held = {who: found for (who, of), found in sound.items() if of == one}
                assert keys.holders(one) == {w: {"seals": key} for w, (_, key) in held.items()}
                assert set(keys.suites(one)) == {suite for suite, _ in held.values()}
                assert keys.takes_objections(one) == bool(keys.recipients("city-office", one))


def test_without_the_folder_there_are_no_keys(tmp_path: Path) -> None:
    keys = PublicKeys(tmp_path / "none")
    assert (keys.all_suites(), keys.holders("first-list")) == (frozenset(), {})
