import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Module:
    """A source file of portal/ with its dotted name."""

    name: str
    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    def imports(self) -> Iterator[tuple[str, int]]:
        """Every imported module with its line, those of TYPE_CHECKING blocks and functions too."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module, node.lineno

    def names(self) -> Iterator[str]:
        """Every module named by an import, `from package import module` included."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _modules() -> list[Module]:
    found = []
    for path in sorted((ROOT / "portal").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        # Alembic's scripts run inside its own environment, never by import.
        if "migrations" not in parts:
            found.append(Module(".".join(p for p in parts if p != "__init__"), path))
    return found


@pytest.fixture(scope="session")
def modules() -> list[Module]:
    return _modules()
