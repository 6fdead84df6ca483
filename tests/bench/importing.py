"""The import of a long list: python -m tests.bench.importing [10000]."""

import sys
import tempfile
import time
from pathlib import Path

import openpyxl

from portal.importing.importer import import_list
from tests.importing.reading import SITE
from tests.thirdaward import TERMS

HEADINGS = ("序号", "类别", "名称", "统一社会信用代码", "县区", "工作单位", "职务")


def rows(count: int) -> list[tuple[object, ...]]:
    """Organizations and persons in turn, none twice."""
    found: list[tuple[object, ...]] = [HEADINGS]
    for n in range(1, count + 1):
        if n % 2:
            found.append((n, "组织", f"平定县第{n}机械有限公司", "", "平定县", "", ""))
        else:
            name = "".join(chr(0x4E00 + (n * 31 + k * 977) % 5000) for k in range(3))
            found.append((n, "专家学者", name, "", "平定县", f"平定县第{n}研究所", "工程师"))
    return found


def main() -> int:
    for size in [int(text) for text in sys.argv[1:]] or [10_000]:
        with tempfile.TemporaryDirectory(prefix="importing-") as folder:
            path = Path(folder) / "名单.xlsx"
            book = openpyxl.Workbook()
            for row in rows(size):
                book.active.append(row)
            book.save(path)
            wall, cpu = time.perf_counter(), time.process_time()
            reading = import_list(path, SITE, terms=TERMS)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        read, asked = len(reading.entries), len(reading.questions)
        print(
            f"{size:6} rows: {wall:.1f} s wall, {cpu:.1f} s CPU here, {read} entries, {asked} asked"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
