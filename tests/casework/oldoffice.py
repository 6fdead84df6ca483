"""Old Office files (OLE), as small as they can be: a folder of storages and streams."""

import struct

END, FREE, NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFF
SECTOR, SMALLEST = 512, 4096


def old_office(*streams: tuple[str, bytes], storages: tuple[str, ...] = ()) -> bytes:
    """A file with these streams and empty storages, all at its root."""
    entries = [("Root Entry", 5, END, 0)]
    entries += [(name, 1, END, 0) for name in storages]
    folders = -(-(len(entries) + len(streams)) // 4)
    table = [0xFFFFFFFD, *range(2, folders + 1), END]
    body = b""
    for name, content in streams:
        whole = content.ljust(SMALLEST, b"\0")
        whole += bytes(-len(whole) % SECTOR)
        first, count = len(table), len(whole) // SECTOR
        entries.append((name, 2, first, len(whole)))
        table += [*range(first + 1, first + count), END]
        body += whole
    folder = b"".join(_entry(n, *e, last=len(entries) - 1) for n, e in enumerate(entries))
    folder = folder.ljust(folders * SECTOR, b"\0")
    fat = struct.pack(f"<{len(table)}I", *table).ljust(SECTOR, b"\xff")
    return _head() + fat + folder + body


def _head() -> bytes:
    start = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    numbers = struct.pack(
        "<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, SMALLEST, END, 0, END, 0, 0
    )
    return (start + numbers).ljust(SECTOR, b"\xff")


def _entry(number, name, kind, start, size, *, last) -> bytes:
    wide = name.encode("utf-16-le") + b"\0\0"
    following = number + 1 if 0 < number < last else NONE
    child = 1 if number == 0 and last else NONE
    tree = struct.pack("<HBBIII", len(wide), kind, 1, NONE, following, child)
    return wide.ljust(64, b"\0") + tree + bytes(16 + 4 + 16) + struct.pack("<IQ", start, size)


def records(*items: tuple[int, bytes]) -> bytes:
    """The stream of an old Excel file."""
    return b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in items)
