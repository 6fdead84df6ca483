"""Office packages: opens .xlsx and .docx files as their XML, refused by size before parsing."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import TYPE_CHECKING

from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from typing import IO
    from xml.etree.ElementTree import Element

_MOST_BYTES = 64 * 1024 * 1024
_MOST_PARTS = 2_000
_MOST_RATIO = 400
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
# XML in another encoding would hide the words above; office programs write UTF-8.
_ENCODING = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml[^>]*encoding=[\"']([^\"']*)")
_ENCODINGS = (b"utf-8", b"us-ascii")
_ADVICE = "请用 Excel 或 WPS 打开，删去名单以外的内容，另存为新的文件再导入"


class Package:
    """An open package; a part that declares entities or another encoding is refused."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self._name = name
        self.parts = frozenset(archive.namelist())

    def part(self, path: str) -> IO[bytes]:
        """The bytes of one part; RequestError when it is damaged or declares entities."""
        try:
            data = self._archive.read(path)
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise RequestError(f"{self._name} 已损坏：读不出其中的 {path}；{_ADVICE}") from error
        encoding = _ENCODING.match(data)
        foreign = b"\0" in data[:4] or (encoding and encoding[1].lower() not in _ENCODINGS)
        if foreign or _DOCTYPE.search(data):
            raise RequestError(f"{self._name} 不是办公软件写出的文件（{path}）；{_ADVICE}")
        return io.BytesIO(data)

    def root(self, path: str) -> Element:
        """The XML of one part."""
        from xml.etree.ElementTree import ParseError, parse

        try:
            return parse(self.part(path)).getroot()  # noqa: S314 - entities are refused above
        except (ParseError, ValueError) as error:
            raise RequestError(f"{self._name} 已损坏：{path} 不完整；{_ADVICE}") from error

    def elements(self, path: str) -> Iterator[tuple[str, Element]]:
        """Each element of one part as it ends, with its name without namespace."""
        from xml.etree.ElementTree import ParseError, iterparse

        try:
            for _, element in iterparse(self.part(path)):  # noqa: S314 - entities are refused
                yield local(element.tag), element
        except (ParseError, ValueError) as error:
            raise RequestError(f"{self._name} 已损坏：{path} 不完整；{_ADVICE}") from error

    def related(self, path: str) -> dict[str, tuple[str, str]]:
        """Relations of a part by id: kind, and path of the part they lead to."""
        folder, _, name = path.rpartition("/")
        rels = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
        found: dict[str, tuple[str, str]] = {}
        if rels not in self.parts:
            return found
        for one in self.root(rels):
            if one.get("TargetMode") != "External":
                kind = one.get("Type", "").rpartition("/")[2]
                found[one.get("Id", "")] = (kind, _resolve(folder, one.get("Target", "")))
        return found


def open_package(data: bytes, name: str) -> AbstractContextManager[Package]:
    """Open a package; RequestError says what to do when it is none, encrypted or too large."""
    return _Opened(data, name)


class _Opened:
    def __init__(self, data: bytes, name: str) -> None:
        self._data, self._name = data, name

    def __enter__(self) -> Package:
        name = self._name
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(self._data))
        except (zipfile.BadZipFile, ValueError, OSError) as error:
            if self._data.startswith(_OLE):
                raise RequestError(
                    f"{name} 是旧格式，或者有打开密码；"
                    "请用 Excel 或 WPS 打开，取消密码，另存为 .xlsx 再导入"
                ) from error
            raise RequestError(
                f"{name} 打不开：不是 .xlsx 或 .docx 文件，或已损坏、加密"
            ) from error
        infos = self._archive.infolist()
        packed = max(1, sum(info.compress_size for info in infos))
        whole = sum(info.file_size for info in infos)
        large = whole > _MOST_BYTES or len(infos) > _MOST_PARTS
        if large or (whole > _MOST_BYTES // 8 and whole / packed > _MOST_RATIO):
            self._archive.close()
            raise RequestError(
                f"{name} 太大（展开后{whole // 1024 // 1024} MB，{len(infos)}个部分）；{_ADVICE}"
            )
        if any(info.flag_bits & 1 for info in infos):
            self._archive.close()
            raise RequestError(f"{name} 加了密；请取消密码再导入")
        return Package(self._archive, name)

    def __exit__(self, *_: object) -> None:
        self._archive.close()


def local(tag: str) -> str:
    """An XML name without its namespace: transitional and strict files differ in nothing else."""
    return tag.rpartition("}")[2]


def child(element: Element, name: str) -> Element | None:
    """The first child of a name, whatever its namespace."""
    return next((one for one in element if local(one.tag) == name), None)


def value_of(element: Element | None, name: str = "val") -> str | None:
    """An attribute by its name without namespace."""
    if element is None:
        return None
    return next((v for key, v in element.attrib.items() if local(key) == name), None)


def switched_on(element: Element | None) -> bool:
    """Whether a property such as strike is there and not switched off again."""
    return element is not None and value_of(element) not in ("0", "false", "off", "none")


def _resolve(folder: str, target: str) -> str:
    if target.startswith("/"):
        return target[1:]
    parts = folder.split("/") if folder else []
    for step in target.split("/"):
        if step == "..":
            parts = parts[:-1]
        elif step != ".":
            parts.append(step)
    return "/".join(parts)
