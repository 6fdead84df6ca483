"""What is published lies in the tree itself: links, folders and special files are faults."""

import os
import signal

import pytest

from portal.errors import ContentError
from tests.sites import PINGDING


def linked(path, target):
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def piped(path):
    path.unlink(missing_ok=True)
    os.mkfifo(path)


MAKERS = {
    "files/secret.txt": lambda path: linked(path, "/etc/hostname"),
    "files/inside.txt": lambda path: linked(path, path.parent / "a.txt"),
    "files/nowhere.txt": lambda path: linked(path, "/nowhere"),
    "files/folder": lambda path: path.mkdir(),
    "files/linked": lambda path: linked(path, "/etc"),
    "files/pipe.txt": piped,
    "notice.md": lambda path: linked(path, "/etc/hostname"),
    "list.csv": piped,
}


@pytest.mark.parametrize("name", MAKERS)
def test_loader_and_lint_refuse_it_alike_and_wait_for_nothing(site_from, name):
    tree = site_from(f"{PINGDING}-- notices/pingding-list/files/a.txt --\n附件\n")
    MAKERS[name](tree.root / "notices/pingding-list" / name)
    signal.alarm(60)  # a pipe that is opened would wait for ever
    try:
        with pytest.raises(ContentError) as met:
            tree.catalogue()
        assert "F001" in {issue.code for issue in met.value.issues}
        assert "F001" in {issue.code for issue in tree.lint()}
        assert not any("localhost" in str(issue) for issue in tree.lint())
    finally:
        signal.alarm(0)


def test_a_folder_of_attachments_that_is_a_link_is_refused(site_from, tmp_path):
    tree = site_from(PINGDING)
    (tree.root / "notices/pingding-list/files").symlink_to("/etc")
    with pytest.raises(ContentError):
        tree.catalogue()
