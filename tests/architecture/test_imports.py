import ast
import subprocess
import sys
from pathlib import Path

from tests.architecture.conftest import ROOT

# Of the standard library, what reaches the disk, the network, the clock or the machine.
IMPURE = frozenset(
    [
        "io",
        "os",
        "pathlib",
        "shutil",
        "tempfile",
        "glob",
        "fileinput",
        "sqlite3",
        "socket",
        "ssl",
        "http",
        "urllib",
        "subprocess",
        "multiprocessing",
        "threading",
        "asyncio",
        "time",
        "random",
        "secrets",
        "logging",
        "sys",
        "platform",
        "locale",
    ]
)


def test_import_contracts_hold():
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_domain_imports_only_pure_modules_of_the_standard_library(modules):
    faults = []
    for module in modules:
        if not module.name.startswith(("portal.domain", "portal.errors")):
            continue
        for name, line in module.imports():
            top = name.split(".")[0]
            own = name.startswith(("portal.domain", "portal.errors"))
            if not own and (top not in sys.stdlib_module_names or top in IMPURE):
                faults.append(f"{module.path.relative_to(ROOT)}:{line}: {name}")
    assert faults == []


def test_each_module_can_be_imported(modules):
    """In any order: there is no circle (test_rooms), so what is loaded first changes nothing."""
    program = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)"
    run = subprocess.run(
        [sys.executable, "-c", program, *(module.name for module in reversed(modules))],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-4000:]


def test_only_the_command_line_exits_or_talks_to_a_terminal(modules):
    faults = [
        f"{module.path.relative_to(ROOT)}:{node.lineno}"
        for module in modules
        if not module.name.startswith(("portal.cli", "portal.__main__"))
        for node in ast.walk(module.tree)
        if _exits(node)
    ]
    assert faults == []


def _exits(node: ast.AST) -> bool:
    if isinstance(node, ast.Name):
        return node.id == "SystemExit"
    return isinstance(node, ast.Attribute) and (
        isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in {("sys", "exit"), ("click", "echo"), ("click", "secho")}
    )


def test_commands_that_serve_no_page_load_no_app():
    """An app takes two seconds of a processor to load, the work of such a command a tenth."""
    program = """
import sys
from importlib import import_module
for name in ("audit", "desk_user", "doctor", "drill"):
    import_module(f"portal.cli.{name}_command")
print(*sorted({"flask", "portal.desk.desk_app", "portal.public", "portal.intake.intake_app",
               "portal.site.views", "portal.lint.run"} & sys.modules.keys()))
"""
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == []
