"""Pages as pictures, compared with golden ones; ACCEPT_PICTURES=1 accepts what is rendered now."""

import os
import subprocess
from pathlib import Path

from PIL import Image, ImageChops, ImageStat

GOLDEN = Path(__file__).parent / "golden"
DPI = 50
# Anti-aliasing differs a little between versions of the renderer; a moved line does not.
MEAN_TOLERANCE = 1.0
FAR_SHARE_TOLERANCE = 0.002
FAR = 96


def pages(pdf: bytes, folder: Path, dpi: int = DPI) -> list[Image.Image]:
    """Every page of a PDF in grey, drawn by poppler."""
    source = folder / "pages.pdf"
    source.write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-gray", "-r", str(dpi), "-png", source, folder / "page"],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    found = []
    for path in sorted(folder.glob("page-*.png")):
        with Image.open(path) as image:
            found.append(image.convert("L"))
        path.unlink()
    return found


def text_of(pdf: bytes, folder: Path, *options: str) -> str:
    """The text of a PDF as poppler reads it."""
    source = folder / "text.pdf"
    source.write_bytes(pdf)
    command = ["pdftotext", *options, source, "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def sheet(images: list[Image.Image], columns: int = 5) -> Image.Image:
    """All pages on one sheet."""
    width = max(image.width for image in images)
    height = max(image.height for image in images)
    rows = -(-len(images) // columns)
    made = Image.new("L", (width * min(columns, len(images)), height * rows), 128)
    for number, image in enumerate(images):
        made.paste(image, ((number % columns) * width, (number // columns) * height))
    return made


def assert_looks_like(name: str, pdf: bytes, folder: Path) -> None:
    """Fail when the pages differ visibly from the golden sheet; the new sheet is kept beside."""
    made = sheet(pages(pdf, folder))
    golden = GOLDEN / f"{name}.png"
    if os.environ.get("ACCEPT_PICTURES"):
        made.quantize(16).save(golden, optimize=True)
        return
    with Image.open(golden) as image:
        expected = image.convert("L")
    assert made.size == expected.size, f"{name}: {made.size} pages sheet, golden {expected.size}"
    difference = ImageChops.difference(made, expected)
    mean = ImageStat.Stat(difference).mean[0]
    far = sum(difference.histogram()[FAR:]) / (made.width * made.height)
    if mean > MEAN_TOLERANCE or far > FAR_SHARE_TOLERANCE:
        made.save(folder / f"{name}-now.png")
        raise AssertionError(
            f"{name} looks different: mean {mean:.2f}, far {far:.4f}; "
            f"see {folder / f'{name}-now.png'}; ACCEPT_PICTURES=1 accepts it"
        )
