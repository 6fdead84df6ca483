"""Parts of the search script run alone, with no browser: each with those that it says it needs."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import playwright

from portal.web.assets import JOINED, STATIC
from portal.web.script_constants import with_constants

FOLDER = STATIC / "search"
# The JavaScript engine of Chromium, which comes with the browser tests' library.
_NODE = Path(playwright.__file__).parent / "driver" / "node"


def needs(part: str) -> tuple[str, ...]:
    """The parts that a part names in its opening comment, in their order."""
    text = (FOLDER / f"{part}.js").read_text(encoding="utf-8")
    comment = re.match(r"(//.*\n)+", text)
    assert comment, part
    said = comment[0].replace("\n// ", " ")
    if "Needs all other parts" in said:
        return tuple(other for other in JOINED["search.js"] if other != part)
    named = re.search(r"Needs (nothing|[a-z., ]+\.js)", said)
    assert named, f"{part}.js does not say what it needs"
    return tuple(re.findall(r"(\w+)\.js", named[1]))


def run(part: str, script: str, given: Any) -> Any:
    """What the body of an asynchronous function gives for `given`, the part being at hand."""
    texts = [(FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in (*needs(part), part)]
    parts = [with_constants(text) for text in texts]
    program = (
        '"use strict";\n'
        + "".join(parts)
        + "const given = JSON.parse(require('fs').readFileSync(0, 'utf8'));\n"
        + f"(async () => {{ {script} }})().then((r) => process.stdout.write(JSON.stringify(r)));"
    )
    done = subprocess.run(
        [_NODE, "-e", program], input=json.dumps(given), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
