"""Every page that the tests meet, read by the Nu checker: `python -m tests.validate [vnu.jar]`.

Needs Java 11 or newer and the checker, which is too large for the set-up: `npm install --prefix
var vnu-jar` puts it where it is looked for; another one is named as an argument or in VNU_JAR.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
# Tests whose clients ask for every page of the site, of the form and of the desk, in every state.
TESTS = ("tests/site", "tests/web", "tests/intake", "tests/desk")
STYLES = ROOT / "portal" / "web" / "static"


def checker() -> list[str] | str:
    """The command of the checker, or what is missing."""
    java = shutil.which("java")
    if java is None:
        return "需要 Java 11 或更新的版本（Debian：apt install default-jre-headless）"
    named = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("VNU_JAR", "")
    jar = Path(named or ROOT / "var/node_modules/vnu-jar/build/dist/vnu.jar")
    if not jar.is_file():
        return f"没有找到{jar}：请执行 npm install --prefix var vnu-jar，或在命令后写明路径"
    return [java, "-Xss4m", "-jar", str(jar)]


def met_by_the_tests(folder: Path) -> bool:
    """Leave every page that the tests meet in a folder; False when a test fails."""
    command = [sys.executable, "-m", "pytest", "-q", "-m", "not browser", *TESTS]
    command += ["-n", str(os.cpu_count() or 1)]
    environment = {**os.environ, "KEEP_PAGES": str(folder)}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


def main() -> int:
    command = checker()
    if isinstance(command, str):
        print(command)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        if not met_by_the_tests(Path(folder)):
            return 1
        pages = len(list(Path(folder).iterdir()))
        print(f"{pages} pages", flush=True)
        read = subprocess.run([*command, "--skip-non-html", folder], check=False)
    styles = sorted(map(str, STYLES.glob("*.css")))
    print(f"{len(styles)} style sheets", flush=True)
    styled = subprocess.run([*command, "--css", *styles], check=False)
    return max(read.returncode, styled.returncode)


if __name__ == "__main__":
    sys.exit(main())
