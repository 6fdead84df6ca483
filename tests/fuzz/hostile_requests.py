"""Requests that no browser sends: every route, wrong methods, fields, files, headers, encodings."""

import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import EnvironBuilder

METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW")
TEXTS = (
    *("", "0", "1", "-1", "99999999999999999999", "1e999", "NaN", "true", "[]", "{}", "null"),
    *(
        "\0",
        "a\0b",
        "\x1b[31m",
        "\r\nSet-Cookie: x=1",
        "\ufffe",
        "\u202e",
        "\U0001f469\u200d\U0001f680",
    ),
    *("'", '"', "' OR 1=1 --", "<script>alert(1)</script>", "{{7*7}}", "${7*7}", "%s%n", "%00"),
    *("../../etc/passwd", "..\\..\\x", "/", "//", "C:\\CON", "file:///etc/passwd", "a" * 5000),
    *(
        "２０２６",
        "٣",
        "²",
        "Ⅷ",
        "½",
        "2026-02-30",
        "9999-99-99T99:99",
        "10000-01-01",
        "0000-00-00",
    ),
    *(
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
        "é" * 300,
        "中" * 3000,
        "\u2028",
    ),
    *("organisation", "person", "city", "county", "open", "overdue", "质量", "2026-01-01"),
)
NAMES = (
    *("csrf_token", "page", "q", "number", "state", "notice", "text", "reason", "username", "code"),
    *("password", "evidence", "files", "scan", "token", "draft", "step", "kind", "entries", "name"),
    *("phone", "address", "facts", "grounds", "x[]", "", "a b", "__proto__", "答复", "\0"),
)
HEADERS: dict[str, tuple[str, ...]] = {
    "Host": ("", "x", "[::1", "a b", "evil.example:99999", "пример", "a" * 300, "[", ":", "x:y"),
    "Cookie": (
        "desk=x",
        "desk=" + "a" * 4000,
        "=;=;",
        "desk-form=.eJw",
        "desk=\x7f",
        'desk="\\777"',
    ),
    "Content-Type": (
        *("", "x", "multipart/form-data", "multipart/form-data; boundary=", "application/json"),
        *("application/x-www-form-urlencoded; charset=utf-7", "text/plain", "multipart/mixed"),
        "multipart/form-data; boundary=" + "b" * 300,
    ),
    "Content-Length": ("-1", "x", "0", "5", "999999999999"),
    "Range": ("bytes=0-", "bytes=9-1", "bytes=-0", "x", "bytes=0-1,2-3,4-5"),
    "If-Modified-Since": ("x", "Thu, 99 Foo 9999 99:99:99 GMT", "0"),
    "If-None-Match": ('"x"', "*", "W/", '"' * 50),
    "Accept-Encoding": ("gzip", "br;q=x", "*;q=0", "gzip;q=2", ","),
    "Accept": ("", "*/*;q=x", "text/html;" * 50),
    "X-Forwarded-For": ("", "x", "1.1.1.1, " * 90, "::", "[::1]:1", "1.1.1.1%eth0"),
    "X-Forwarded-Proto": ("x", "https", ""),
    "X-Forwarded-Host": ("x y", "evil.example"),
    "Referer": ("x", "http://[", "https://evil.example/"),
    "Origin": ("null", "x", "https://evil.example"),
    "Authorization": ("Basic x", "Basic " + "=" * 40, "Digest x"),
    "Transfer-Encoding": ("chunked", "x"),
    "Expect": ("100-continue", "x"),
}
FILES = (
    b"",
    b"\0" * 100,
    b"%PDF-1.4 x",
    b"PK\x03\x04" + b"\xff" * 90,
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff" + b"\0" * 50,
    b"<svg onload=alert(1)>",
)
FILE_NAMES = (
    "a.pdf",
    "a.docx",
    "a.png",
    "../a.pdf",
    "",
    "\0.pdf",
    "a.pdf.exe",
    "中" * 300,
    "a\r\nb.pdf",
)


@dataclass
class Hostile:
    """Makes requests for one app; `known` are words that its routes and fields take for true."""

    app: Flask
    rng: random.Random
    known: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    token: str = ""
    words: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.words = TEXTS + self.known * 4
        self.rules = [rule for rule in self.app.url_map.iter_rules() if rule.rule]

    def environs(self, count: int) -> Iterator[dict[str, object]]:
        """That many requests, as WSGI environments."""
        made = 0
        while made < count:
            try:
                yield self._environ()
            except (ValueError, UnicodeError, TypeError):
                continue  # no client could put this into a request
            made += 1

    def _environ(self) -> dict[str, object]:
        rng = self.rng
        posts = rng.random() < 0.6
        method = "POST" if posts else rng.choice(METHODS)
        builder = EnvironBuilder(
            path=self._path(),
            method=method,
            query_string=self._query() if rng.random() < 0.4 else "",
            headers=None,
            **self._body() if posts or rng.random() < 0.2 else {},
        )
        environ = builder.get_environ()
        builder.close()
        for name in rng.sample(sorted(HEADERS), rng.choice((0, 0, 0, 1, 2))):
            key = name.upper().replace("-", "_")
            key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
            environ[key] = rng.choice(HEADERS[name]).encode().decode("latin-1")
        environ["REMOTE_ADDR"] = rng.choice(("127.0.0.1", "::1", "10.0.0.9", "", "unix:"))
        return environ

    def _path(self) -> str:
        rng = self.rng
        rule = rng.choice(self.rules)
        parts = []
        for is_argument, text in rule._trace:
            if is_argument:
                parts.append(quote(rng.choice(self.words)[:300], safe=rng.choice(("", "/"))))
            else:
                parts.append(text)
        path = "".join(parts).replace("|", "")
        if rng.random() < 0.05:
            path += rng.choice(("/", "//", "%00", "%2e%2e/", "?", ";x", "%ff", "%E4%B8"))
        return path if path.startswith("/") else f"/{path}"

    def _query(self) -> str:
        rng = self.rng
        pairs = [(self._name(), rng.choice(self.words)) for _ in range(rng.randint(0, 4))]
        text = "&".join(f"{quote(k)}={quote(v)}" for k, v in pairs)
        return text + rng.choice(("", "&", "%", "%ff=%fe", "=" * 20, "&a=%u1234"))

    def _name(self) -> str:
        return self.rng.choice(NAMES + self.fields * 3)

    def _body(self) -> dict[str, object]:
        rng = self.rng
        kind = rng.random()
        if kind < 0.1:
            return {
                "data": rng.randbytes(rng.randint(0, 400)),
                "content_type": rng.choice(HEADERS["Content-Type"]),
            }
        data: MultiDict[str, object] = MultiDict()
        for _ in range(rng.randint(0, 9)):
            data.add(self._name(), rng.choice(self.words))
        if self.token and rng.random() < 0.9:
            data["csrf_token"] = self.token
        if kind < 0.4:  # a file where a text is awaited, a text where a file is
            for _ in range(rng.randint(1, 3)):
                name = (
                    rng.choice((self._name(), "csrf_token")) if rng.random() < 0.2 else self._name()
                )
                data.add(name, (io.BytesIO(rng.choice(FILES)), rng.choice(FILE_NAMES)))
        return {"data": data}
