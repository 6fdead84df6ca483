"""SM2 (GB/T 32918) on bytes: the one door to the system's libcrypto (OpenSSL 3).

Every Linux brings it for all processors, keeps it mended, and multiplies secret numbers in constant
time. It is called through its stable key functions only: DER in, DER out. A library that was built
without SM2 (as some distributions do) is refused in words.
"""

from __future__ import annotations

import ctypes
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from portal.errors import SealError

if TYPE_CHECKING:
    from collections.abc import Iterator

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
G = bytes.fromhex(
    "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"
    "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0"
)
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
"""The recommended curve (GB/T 32918.5): y² = x³ + A·x + B modulo P, base point G of order N."""

SCALAR_BYTES, POINT_BYTES = 32, 33
_NAMES = (
    "libcrypto.so.3",
    "libcrypto.so.4",
    "libcrypto-3-x64.dll",
    "libcrypto-3.dll",
    "libcrypto.3.dylib",
)
_MISSING = (
    "这台机器的系统里没有带 SM2 的 OpenSSL 3（libcrypto），不能使用国密密钥："
    "请安装系统的 openssl 3 软件包，或者改用接入密码模块的办法（docs/objection-protocol.md）"
)
# id-ecPublicKey on the curve 1.2.156.10197.1.301.
_ALGORITHM = bytes.fromhex("301306072a8648ce3d020106082a811ccf5501822d")
_LARGEST = 512
_UNCOMPRESSED = 4


def _libraries() -> Iterator[Any]:
    for name in _NAMES:
        try:
            yield ctypes.CDLL(name)
        except OSError:
            continue


@cache
def _library() -> Any:
    """The library with the types of what is called; SealError where there is none with SM2."""
    pointer, number, size = ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t
    text = ctypes.c_char_p
    types: dict[str, tuple[Any, list[Any]]] = {
        "d2i_AutoPrivateKey": (pointer, [pointer, ctypes.POINTER(text), ctypes.c_long]),
        "d2i_PUBKEY": (pointer, [pointer, ctypes.POINTER(text), ctypes.c_long]),
        "i2d_PUBKEY": (number, [pointer, ctypes.POINTER(pointer)]),
        "EVP_PKEY_free": (None, [pointer]),
        "EVP_PKEY_CTX_new": (pointer, [pointer, pointer]),
        "EVP_PKEY_CTX_free": (None, [pointer]),
        "EVP_PKEY_verify": (number, [pointer, text, size, text, size]),
        "EVP_PKEY_verify_init": (number, [pointer]),
        "ERR_clear_error": (None, []),
    }
    for act in ("encrypt", "decrypt", "sign"):
        types[f"EVP_PKEY_{act}_init"] = (number, [pointer])
        types[f"EVP_PKEY_{act}"] = (number, [pointer, text, ctypes.POINTER(size), text, size])
    for library in _libraries():
        try:
            for name, (result, arguments) in types.items():
                function = getattr(library, name)
                function.restype, function.argtypes = result, arguments
        except AttributeError:
            continue
        if key := _read(library.d2i_PUBKEY, _public_der(b"\x04" + G)):
            library.EVP_PKEY_free(key)
            return library
        library.ERR_clear_error()
    raise SealError(_MISSING)


def require_library() -> None:
    """SealError in words where this machine's system has no SM2."""
    _library()


def _tagged(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return bytes((tag, len(body))) + body


def _public_der(point: bytes) -> bytes:
    return _tagged(0x30, _ALGORITHM, _tagged(0x03, b"\0", point))


def _private_der(scalar: bytes) -> bytes:
    """PKCS 8 without the public half, which the library works out."""
    inner = _tagged(0x30, b"\x02\x01\x01", _tagged(0x04, scalar))
    return _tagged(0x30, b"\x02\x01\x00", _ALGORITHM, _tagged(0x04, inner))


def _read(function: Any, der: bytes) -> int | None:
    """A key from its DER, to be freed; None where the library refuses it."""
    found: int | None = function(None, ctypes.byref(ctypes.c_char_p(der)), len(der))
    return found


@contextmanager
def _key(*, scalar: bytes = b"", point: bytes = b"") -> Iterator[int]:
    """A key of the library, freed afterwards, its errors forgotten; SealError for no key."""
    library = _library()
    if scalar:
        key = _read(library.d2i_AutoPrivateKey, _private_der(scalar)) if is_scalar(scalar) else None
    else:
        key = _read(library.d2i_PUBKEY, _public_der(point))
    try:
        if not key:
            raise SealError("SM2 密钥无法识别")
        yield key
    finally:
        library.EVP_PKEY_free(key)
        library.ERR_clear_error()


@contextmanager
def _ready(act: str, key: int) -> Iterator[int]:
    """What an act with a key needs."""
    library = _library()
    context = library.EVP_PKEY_CTX_new(key, None)
    try:
        if not context or getattr(library, f"EVP_PKEY_{act}_init")(context) != 1:
            raise SealError("SM2 密钥无法使用")
        yield context
    finally:
        library.EVP_PKEY_CTX_free(context)


def _act(act: str, key: int, data: bytes) -> bytes | None:
    """What one act makes of the data; None where it fails."""
    out, size = ctypes.create_string_buffer(_LARGEST), ctypes.c_size_t(_LARGEST)
    with _ready(act, key) as context:
        function = getattr(_library(), f"EVP_PKEY_{act}")
        done = function(context, out, ctypes.byref(size), data, len(data))
    return out.raw[: size.value] if done == 1 else None


def is_scalar(scalar: bytes) -> bool:
    """Whether bytes are a private key: 1 to N - 2."""
    return len(scalar) == SCALAR_BYTES and 1 <= int.from_bytes(scalar) <= N - 2


def scalar_of(seed: bytes) -> bytes:
    """A private key from 48 even bytes: modulo N - 2, plus 1."""
    return (int.from_bytes(seed) % (N - 2) + 1).to_bytes(SCALAR_BYTES)


def coordinates(point: bytes) -> bytes:
    """Both coordinates, 64 bytes, of a point, compressed or not; ValueError for none there."""
    x, y = int.from_bytes(point[1:POINT_BYTES]), int.from_bytes(point[POINT_BYTES:])
    if len(point) == POINT_BYTES and point[0] in (2, 3):
        y = pow(x**3 + A * x + B, (P + 1) // 4, P)
        y = P - y if y % 2 != point[0] - 2 else y
    elif len(point) != 1 + 2 * SCALAR_BYTES or point[0] != _UNCOMPRESSED:
        raise ValueError("not a point")
    if x >= P or y >= P or (y * y - x**3 - A * x - B) % P:
        raise ValueError("not on the curve")
    return x.to_bytes(SCALAR_BYTES) + y.to_bytes(SCALAR_BYTES)


def compressed(point: bytes) -> bytes:
    """A point in 33 bytes; ValueError where none lies there."""
    both = coordinates(point)
    return bytes((2 + (both[-1] & 1),)) + both[:SCALAR_BYTES]


def public_of(scalar: bytes) -> bytes:
    """The public point, compressed, of a private key; SealError."""
    out = ctypes.create_string_buffer(_LARGEST)
    with _key(scalar=scalar) as key:
        size = _library().i2d_PUBKEY(key, ctypes.byref(ctypes.cast(out, ctypes.c_void_p)))
    return compressed(out.raw[size - 2 * SCALAR_BYTES - 1 : size])


def encrypt(point: bytes, data: bytes) -> bytes:
    """The ciphertext of a few bytes as DER (GM/T 0009): x, y, C3, C2; SealError."""
    with _key(point=point) as key:
        made = _act("encrypt", key, data)
    if made is None:
        raise SealError("SM2 加密失败")
    return made


def decrypt(scalar: bytes, ciphertext: bytes) -> bytes | None:
    """What was encrypted; None for another key or a changed ciphertext. SealError for a bad key."""
    with _key(scalar=scalar) as key:
        return _act("decrypt", key, ciphertext)


def sign(scalar: bytes, digest: bytes) -> bytes:
    """The signature of a digest as DER: r, s; SealError."""
    with _key(scalar=scalar) as key:
        made = _act("sign", key, digest)
    if made is None:
        raise SealError("SM2 签名失败")
    return made


def verify(point: bytes, digest: bytes, signature: bytes) -> bool:
    """Whether a signature is the point's, in the one right DER."""
    with _key(point=point) as key, _ready("verify", key) as context:
        check = _library().EVP_PKEY_verify
        done: int = check(context, signature, len(signature), digest, len(digest))
    return done == 1
