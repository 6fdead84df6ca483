"""What the program stands on: another package beside it changes nothing, one beneath it does."""

import pytest

from portal.content.record.installed import installed


@pytest.fixture
def packages(tmp_path):
    """A folder of packages: ours needs flask, flask needs werkzeug."""
    folder = tmp_path / "site-packages"

    def put(name, version, *needs):
        for old in folder.glob(f"{name}-*"):
            old.rename(folder / f"{name}-{version}.dist-info")
        place = folder / f"{name}-{version}.dist-info"
        place.mkdir(parents=True, exist_ok=True)
        lines = [f"Name: {name}", *(f"Requires-Dist: {need}" for need in needs)]
        (place / "METADATA").write_text("\n".join(lines) + "\n\nRequires-Dist: words\n")
        return installed([str(folder)])

    put("Werkzeug", "3.1")
    put("flask_login", "1.0")
    put("flask", "3.0", "Werkzeug>=3", 'pytest>7; extra == "test"')
    put("quality_award_portal", "0.1", "flask", 'tzdata; sys_platform == "win32"')
    return put


def test_only_what_ours_needs_counts(packages):
    before = packages("words", "1.0")
    assert before == ("flask 3.0", "quality-award-portal 0.1", "werkzeug 3.1")
    assert packages("pytest", "9.0") == before
    assert packages("flask_login", "2.0") == before


def test_a_new_version_however_far_below_counts(packages):
    before = packages("words", "1.0")
    assert packages("Werkzeug", "3.2") != before
    assert "tzdata 2026.1" in packages("tzdata", "2026.1"), "under a condition: better too much"


def test_without_ours_every_package_counts(tmp_path):
    folder = tmp_path / "dist-packages"
    (folder / "flask-3.0.dist-info").mkdir(parents=True)
    assert installed([str(folder)]) == ("flask 3.0",)
    assert installed([str(tmp_path / "none-packages"), "/usr/lib/python3"]) == ()


def test_here_it_stands_on_what_it_imports():
    names = {one.partition(" ")[0] for one in installed()}
    assert {"flask", "jinja2", "markupsafe", "typst", "whoosh"} <= names
    assert "pytest" not in names
