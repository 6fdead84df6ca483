"""Import each module named on stdin in a process of its own; print those that fail, with why.

The third-party libraries are loaded once, before forking, so that what is left to import is the
package's own code; that keeps two hundred fresh imports within seconds.
"""

import contextlib
import importlib
import os
import sys
import traceback


def main() -> None:
    libraries, modules = (line.split() for line in sys.stdin.read().splitlines())
    for name in libraries:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    assert not any(name.split(".")[0] == "portal" for name in sys.modules)
    for name in modules:
        if _fails(name):
            print(name)


def _fails(name: str) -> bool:
    child = os.fork()
    if child == 0:
        status = 0
        try:
            importlib.import_module(name)
        except BaseException:  # noqa: BLE001 - whatever the module raises, the next one is tried
            traceback.print_exc()
            status = 1
        finally:
            sys.stderr.flush()
            os._exit(status)
    return os.waitpid(child, 0)[1] != 0


if __name__ == "__main__":
    main()
