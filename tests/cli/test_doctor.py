"""`portal doctor` on a whole machine, and on one that lost a part."""

from tests.backup.conftest import machine_at
from tests.backup.test_backup import portal


def test_doctor_names_what_is_wrong_and_the_remedy(tmp_path):
    with machine_at(tmp_path) as machine:
        machine.object()
        machine.collect()
    here = {
        "PORTAL_STATE": machine.state,
        "PORTAL_CONTENT": machine.root / "site/content",
        "PORTAL_NOTICES": machine.root / "site/notices",
        "PORTAL_BUILD": tmp_path / "no-build",
    }
    status, said = portal("doctor", "--alarm", **here)
    assert status == 0, said
    assert "故障" not in said
    assert not (machine.state / "alarm.txt").exists()
    (machine.state / "desk/secret").unlink()
    status, said = portal("doctor", "--alarm", **here)
    assert status == 1
    assert "desk/secret 不在" in said
    assert "desk/secret 不在" in (machine.state / "alarm.txt").read_text()
    assert not (machine.state / "desk/secret").exists(), "a doctor makes nothing"
    (machine.state / "desk/register.sqlite3").unlink()
    assert "register.sqlite3 不在" in portal("doctor", **here)[1]
    assert not (machine.state / "desk/register.sqlite3").exists()
    (machine.root / "site/content/site.toml").write_text("[")
    status, said = portal("doctor", **here)
    assert status == 1
    assert "故障  内容和公告" in said
