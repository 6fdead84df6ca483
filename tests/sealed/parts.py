"""Parts of the scripts that seal and open, run without a browser, the bundle of a suite first."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import playwright

from portal.web.assets import JOINED, STATIC
from portal.web.script_constants import with_constants

if TYPE_CHECKING:
    from collections.abc import Sequence

# The JavaScript engine of Chromium, which comes with the browser tests' library.
_NODE = Path(playwright.__file__).parent / "driver" / "node"


SEALING = (*(f"sealing/{part}" for part in JOINED["sealing.js"][:-1]), "intake/places")
STATUS = tuple(f"status/{part}" for part in JOINED["status.js"][:-1])


def run(script: str, given: Any, suite: str = "age.js", parts: Sequence[str] = SEALING) -> Any:
    """What the body of an asynchronous function gives for `given`; all parts but the pages' own."""
    texts = [(STATIC / name).read_text(encoding="utf-8") for name in suite.split()]
    for name in parts:
        path = STATIC / f"{name}.js"
        texts.append(with_constants(path.read_text(encoding="utf-8")))
    program = (
        "\n".join(texts)
        + "\nconst given = JSON.parse(require('fs').readFileSync(0, 'utf8'));\n"
        + f"(async () => {{ {script} }})().then((r) => process.stdout.write(JSON.stringify(r)));"
    )
    with tempfile.NamedTemporaryFile("w", suffix=".js", encoding="utf-8") as file:
        file.write(program)
        file.flush()
        done = subprocess.run(
            [_NODE, file.name], input=json.dumps(given), capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
