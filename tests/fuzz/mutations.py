"""Whole things made a little wrong: bytes flipped, cut, doubled, exchanged; texts likewise."""

import random

SPLICES = (
    *(b"\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"PK\x05\x06", b"%PDF-", b"obj<<", b">>"),
    *(b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"/Length 99999999999", b"IEND", b"\xff\xd9", b"&b;"),
)
TEXTS = (
    *("\0", "\x1b", "\ufeff", "\u202e", "\ud7ff", "---\n", "\t", "'", '"', ":", "[", "{"),
    *("- ", "!!python/object", "<<: *x", "？", "2021-02-30", "9" * 40, "~", "<b>", "](", "```"),
    *("&a *a", "\\", "|", "=1+1", ",,,,", '"\n', "é", "\u2028", "\r", "𠀀", "％"),
    *("(" * 500, "*" * 2000, "_a" * 900),
)


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Bytes with one to eight changes."""
    made = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(made) + 1)
        kind = rng.randrange(6)
        if kind == 0 and made:
            made[at % len(made)] ^= 1 << rng.randrange(8)
        elif kind == 1:
            made[at : at + rng.randint(1, 40)] = b""
        elif kind == 2:
            made[at:at] = rng.choice(SPLICES)
        elif kind == 3:
            made[at:at] = made[max(at - rng.randint(1, 400), 0) : at]
        elif kind == 4:
            made[at : at + 4] = rng.randbytes(4)
        else:
            del made[at:]
    return bytes(made)


def mutated_text(text: str, rng: random.Random) -> str:
    """Text with one to six changes."""
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(text) + 1)
        end = at + rng.randint(0, 30)
        kind = rng.randrange(4)
        if kind == 0:
            text = text[:at] + text[end:]
        elif kind == 1:
            text = text[:at] + rng.choice(TEXTS) + text[at:]
        elif kind == 2:
            text = text[:at] + text[at:end] * rng.randint(2, 30) + text[end:]
        else:
            text = text[:at] + rng.choice(TEXTS) + text[end:]
    return text
