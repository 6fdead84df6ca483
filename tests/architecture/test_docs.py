"""The documents tell what is there, all of it, and nothing else."""

import importlib
import os
import re
import shlex
from pathlib import Path

import click
import pytest

from portal.cli import portal
from tests.architecture.conftest import ROOT
from tests.architecture.test_commands import all_commands

PAGES = [ROOT / "README.md", ROOT / "README.zh.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXTS = {page: page.read_text(encoding="utf-8") for page in PAGES}
ALL = "\n".join(TEXTS.values())
# What cites a page of ours: the program, its tests, what it is given, and the pages themselves.
CITING = [
    path
    for folder in ("portal", "tests", "content", "docs", "deploy")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in {".py", ".md", ".yml", ".yaml", ".toml", ".html", ".js", ".css", ".sh"}
]
pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def anchors(page: Path) -> set[str]:
    """Names under which a page's headings can be linked, as GitHub makes them."""
    found = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    plain = (re.sub(r"[^\w\s-]", "", heading.replace("`", "")).strip() for heading in found)
    return {heading.lower().replace(" ", "-") for heading in plain}


def sections(page: Path) -> set[str]:
    return set(re.findall(r"^#+ (\d+)\.? ", page.read_text(encoding="utf-8"), re.MULTILINE))


def code_of(text: str) -> list[str]:
    """What stands in a page as code: between backticks, and the lines of its blocks."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    rest = re.sub(r"^```\w*\n.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    indented = re.findall(r"^    (\S.*)$", rest, re.MULTILINE)
    return [
        *re.findall(r"`([^`\n]+)`", rest),
        *(x for b in blocks for x in b.splitlines()),
        *indented,
    ]


@pages
def test_a_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", TEXTS[page]):
        if re.match(r"https?:|mailto:|files/", target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name) if name else page
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


def test_a_section_that_is_cited_is_there():
    cited = {
        (name, number)
        for path in CITING
        for name, number in re.findall(
            r"docs/([\w-]+\.md)\s+§\s?(\d+)", path.read_text(encoding="utf-8")
        )
    }
    assert len(cited) > 5
    missing = {
        (name, number) for name, number in cited if number not in sections(ROOT / "docs" / name)
    }
    assert missing == set()


def test_no_section_is_cited_without_its_page():
    """`SOMETHING §5` of a page that is not in the repository helps nobody."""
    for path in CITING:
        if path.name != Path(__file__).name:
            found = re.findall(r"\b[A-Z]{4,} (?:§|decision )\d+", path.read_text(encoding="utf-8"))
            assert found == [], path


def test_a_page_that_is_cited_is_there():
    for path in CITING:
        for name in re.findall(r"\bdocs/[\w-]+\.md\b", path.read_text(encoding="utf-8")):
            assert (ROOT / name).exists(), f"{path}: {name}"


def test_every_page_is_reached_from_the_front():
    seen, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in seen:
            continue
        seen.add(page)
        named = re.findall(r"\(([\w/.-]+\.md)[)#]|`([\w-]+\.md)`", page.read_text(encoding="utf-8"))
        ahead += [
            file for pair in named for n in pair if n and (file := (page.parent / n)).exists()
        ]
    assert {page.name for page in PAGES} - {page.name for page in seen} == set()


_PATH = r"(?<![\w/.-])(?:portal|tests|docs|deploy|content)/[\w./<>*{}-]*\w"


@pages
def test_a_path_that_a_page_names_is_there(page):
    made_later = re.compile(
        r"notices/ledger\.jsonl|content/fonts|content/wrong-words|SLUG|<|…|\*|\{|DIR"
    )
    for code in code_of(TEXTS[page]):
        for path in re.findall(
            r"(?<![\w/.-])(?:portal|tests|docs|deploy|content)/[\w./<>*{}-]*\w", code
        ):
            if not made_later.search(path):
                # A page about a room may leave out `portal/`.
                assert (ROOT / path).exists() or (ROOT / "portal" / path).exists(), path


@pages
def test_a_test_that_a_page_names_is_there(page):
    known = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    assert set(re.findall(r"\btest_\w+\.py", TEXTS[page])) - known == set()


@pages
def test_a_module_that_a_page_names_is_there(page):
    for code in code_of(TEXTS[page]):
        for name in re.findall(r"(?<![\w/.-])portal(?:\.[a-z_]+)+(?![\w/-])", code):
            parts = name.split(".")
            while parts and not _module(parts):
                parts.pop()
            # At most a class or a function below the last module that there is.
            assert len(name.split(".")) - len(parts) <= 1, name
            assert len(parts) > 1, name


def _module(parts: list[str]) -> bool:
    path = ROOT.joinpath(*parts)
    return path.is_dir() or path.with_suffix(".py").exists()


def test_every_setting_is_told_and_none_that_is_not_there():
    name = re.compile(r"\bPORTAL_[A-Z_]*[A-Z]\b")
    sources = "\n".join(p.read_text() for p in (ROOT / "portal").rglob("*.py"))
    told = set(name.findall((ROOT / "docs" / "settings.md").read_text(encoding="utf-8")))
    assert set(name.findall(sources)) - told == set(), "not in docs/settings.md"
    shell = "\n".join(p.read_text() for p in (ROOT / "deploy").rglob("*") if p.is_file())
    assert set(name.findall(ALL + shell)) - set(name.findall(sources)) == set(), "read by nobody"


def lines_of_shell(text: str) -> set[str]:
    return {
        re.split(r"#|\\?\|", code)[0].strip()
        for code in code_of(text)
        if re.match(r"portal (?!receipt code)[a-z]", code)
    }


@pages
def test_a_command_that_a_page_names_is_there_with_its_options(page):
    for line in lines_of_shell(TEXTS[page]):
        words = shlex.split(line.replace("[", " ").replace("]", " "), comments=True)[1:]
        command: click.Command = portal
        while isinstance(command, click.Group) and words:
            found = command.get_command(click.Context(command), words[0])
            assert found is not None, f"no such command: {line}"
            command, words = found, words[1:]
        known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        named = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert named - known == set(), line


def test_every_command_and_option_is_told():
    page = ROOT / "docs" / "commands.md"
    if os.environ.get("ACCEPT_DOCS"):
        page.write_text(told_commands(), encoding="utf-8")
    assert page.read_text(encoding="utf-8") == told_commands(), (
        "ACCEPT_DOCS=1 .venv/bin/python -m pytest tests/architecture/test_docs.py writes it anew"
    )


def told_commands() -> str:
    """docs/commands.md: what every command says of itself, as `--help` shows it."""
    lines = [
        "# Commands",
        "",
        "What each command says of itself with `--help`, in the words that an office reads;",
        "written by `tests/architecture/test_docs.py`. Exit status: 0 done, 1 the content or the",
        "request is at fault, 2 usage.",
    ]
    for words, command in sorted(all_commands(), key=lambda pair: pair[0]):
        help_ = " ".join((command.help or "").replace("\b", "").split())
        arguments = "".join(
            f" {p.make_metavar(click.Context(command))}"
            for p in command.params
            if isinstance(p, click.Argument)
        )
        lines += ["", f"## `{words}{arguments}`", "", help_]
        options = [p for p in command.params if isinstance(p, click.Option)]
        if options:
            lines += ["", "| option | 说明 |", "| --- | --- |"]
        for option in options:
            value = "" if option.is_flag else f" {option.make_metavar(click.Context(command))}"
            name = f"{', '.join(option.opts)}{value}".replace("|", "\\|")
            lines.append(f"| `{name}` | {option.help} |")
    return "\n".join(lines) + "\n"


def test_every_room_is_told_and_none_that_is_not_there():
    text = TEXTS[ROOT / "docs" / "architecture.md"]
    table = text.partition("## Rooms")[2].partition("## Layers")[0]
    told = {
        name.removesuffix(".py")
        for row in re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE)
        for name in re.findall(r"`([\w.]+)`", row)
    }
    rooms = {p.stem for p in (ROOT / "portal").iterdir() if p.name[0] not in "_." and holds(p)}
    assert told == rooms


def holds(path: Path) -> bool:
    return path.suffix == ".py" or any(path.glob("*.py"))


def test_every_folder_of_tests_is_told_and_none_that_is_not_there():
    table = TEXTS[ROOT / "docs" / "testing.md"].partition("## What each folder proves")[2]
    told = {
        name
        for row in re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    }
    folders = {p.name for p in (ROOT / "tests").iterdir() if p.is_dir() and holds(p)}
    assert told == folders


def test_every_script_is_told():
    for path in (ROOT / "deploy").rglob("*"):
        if path.is_file():
            assert path.name in ALL, path


def test_every_command_s_module_imports():
    for words, command in all_commands():
        assert importlib.import_module(command.callback.__module__), words


def test_each_promise_of_the_threat_model_names_a_test_that_is_there():
    text = TEXTS[ROOT / "docs" / "threat-model.md"]
    tables = re.findall(r"\| promise \|.*\n\|[- |]+\n((?:\|.*\n)+)", text)
    rows = [row for table in tables for row in table.splitlines()]
    assert rows
    for row in rows:
        assert re.search(r"`(?:python -m )?(?:tests[./]|pyproject)", row.split(" | ")[-1]), row


def test_files_named_in_the_security_pages_are_there():
    for name in ("threat-model.md", "asvs.md"):
        for path in re.findall(
            r"`((?:tests|portal|deploy)/[\w/.-]+)`", TEXTS[ROOT / "docs" / name]
        ):
            assert (ROOT / path).exists(), f"{name}: {path}"
