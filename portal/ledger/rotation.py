"""Changing the signing key in steps that a stop between any two leaves to be completed.

ledger.pem, ledger-new.pem       begun: the ledgers hand over one by one, the old key signs
ledger-ab12….pem, ledger-new.pem every ledger has handed over; the new key has no name yet
ledger-ab12….pem, ledger.pem     done
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.errors import RequestError, VerificationError
from portal.ledger.chain import check_chain, ledger_writer
from portal.ledger.ledger_lines import ledger_rows
from portal.ledger.signing import load_key, new_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from portal.ledger.signing import SigningKey

_END = b"-----"


def successor_path(path: Path) -> Path:
    """Where the new key lies until every ledger has handed over to it."""
    return path.with_name(f"{path.stem}-new{path.suffix}")


def begun(path: Path) -> bool:
    """Whether there is a whole new key; half a file was used by nobody and is removed."""
    fresh = successor_path(path)
    if fresh.exists() and not fresh.read_bytes().rstrip().endswith(_END):
        fresh.unlink()
    return fresh.exists()


def refuse_interrupted(path: Path) -> None:
    """RequestError where a change of the key at `path` was begun and not completed."""
    if begun(path):
        raise RequestError(
            f"上次更换签名密钥没有做完（{successor_path(path)} 还在），什么也没有登记；"
            "请运行 portal publish --rotate-key 把它做完"
        )


def refuse_lost_key(path: Path, ledgers: Iterable[Path]) -> None:
    """RequestError where ledgers have lines and their key is gone: another could not go on."""
    for ledger in ledgers:
        if not path.exists() and (keys := _keys(ledger)):
            raise RequestError(
                f"没有签名密钥 {path}，而 {ledger} 是用密钥 {keys[-1]} 签名的："
                "请从备份恢复这把密钥，或者用 --key 指明它在哪里"
            )


def _keys(ledger: Path) -> tuple[str, ...]:
    return check_chain([text for text, _ in ledger_rows(ledger)]).keys


def rotate(
    path: Path, ledgers: Sequence[Path], secrets: tuple[str | None, str | None], now: datetime
) -> tuple[str, SigningKey]:
    """Hand every ledger over to a new key, or complete what was stopped; the old id, the new key.

    The old key's file is kept beside the new one; `secrets` are the passphrases of both.
    """
    fresh = successor_path(path)
    successor = load_key(fresh, secrets[1]) if begun(path) else None
    if path.exists():
        old = load_key(path, secrets[0])
        successor = successor or new_key(fresh, secrets[1])
        for ledger in ledgers:
            _hand_over(ledger, old, successor, now)
        path.rename(path.with_name(f"{path.stem}-{old.id}{path.suffix}"))
    if successor is None:
        raise RequestError(f"没有签名密钥 {path}，没有可以更换的")
    before = [keys[-2:] for ledger in ledgers if (keys := _keys(ledger))]
    for keys in before:
        if keys[-1] != successor.id:
            raise VerificationError(f"台账现用的密钥是 {keys[-1]}，不是 {fresh} 的 {successor.id}")
    fresh.rename(path)
    return (before[0][0] if before else successor.id), successor


def _hand_over(ledger: Path, old: SigningKey, successor: SigningKey, now: datetime) -> None:
    if _keys(ledger)[-1:] == (successor.id,):
        return  # before the stop
    writer = ledger_writer(ledger, old, now)
    writer.rotate(successor)
    writer.write(ledger)
