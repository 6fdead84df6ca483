"""The demonstration's copy of the content is the office's again at each start, and marked."""

from portal.demo.own_content import own_content
from portal.editorial.surroundings import DEMONSTRATION


def test_the_copy_is_the_office_s_again_and_what_is_the_same_keeps_its_time(tmp_path):
    office, copy = tmp_path / "content", tmp_path / "copy"
    for name, text in {"site.toml": "a", "pages/about.md": "b", "guide/01-a.md": "c"}.items():
        (office / name).parent.mkdir(parents=True, exist_ok=True)
        (office / name).write_text(text, encoding="utf-8")
    own_content(office, copy)
    before = (copy / "site.toml").stat().st_mtime_ns
    (copy / "pages/about.md").write_text("演示中改的", encoding="utf-8")
    (copy / "pages/more.md").write_text("多的", encoding="utf-8")
    (office / "guide/01-a.md").unlink()
    own_content(office, copy)
    files = {p.relative_to(copy).as_posix() for p in copy.rglob("*") if p.is_file()}
    assert files == {"site.toml", "pages/about.md", DEMONSTRATION}
    assert (copy / "pages/about.md").read_text("utf-8") == "b"
    assert (copy / "site.toml").stat().st_mtime_ns == before
    assert not (office / DEMONSTRATION).exists()
