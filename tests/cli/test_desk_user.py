"""`portal desk-user`: rights as an administrator gives and takes them."""

from tests.program import portal


def test_rights_are_named_set_and_taken_away(tmp_path):
    def desk_user(*arguments):
        return portal("desk-user", *arguments, PORTAL_STATE=str(tmp_path))

    added = desk_user(
        "add", "wang", "--name", "王", "--office", "yangquan-office", "--may", "draft"
    )
    assert added.returncode == 0, added.stderr
    assert "▀" in added.stdout, "a QR code of half blocks"
    sheet = tmp_path / "wang.html"
    again = desk_user("reset", "wang", "--sheet", str(sheet))
    assert again.returncode == 0, again.stderr
    assert "初始密码  " not in again.stdout
    assert "<svg" in sheet.read_text(encoding="utf-8")
    assert sheet.stat().st_mode & 0o077 == 0
    assert desk_user("reset", "wang", "--sheet", str(sheet)).returncode == 2
    allowed = desk_user("allow", "wang", "--may", "review, sign-off")
    assert allowed.stdout == "wang 的权限：审核、签发\n"
    assert desk_user("allow", "wang", "--may", "").stdout == "wang 的权限：无\n"
    unknown = desk_user("allow", "wang", "--may", "publish")
    assert (unknown.returncode, "sign-off（签发）" in unknown.stderr) == (2, True)
    assert desk_user("allow", "wang").returncode == 2
