"""The national-cipher suite of the page and of the server: the same codes, read by both."""

import base64
import io
import json
import secrets
from pathlib import Path

from portal.domain.receipt_code import code_from, grouped
from portal.sealed.envelope import padded_length, read_page_header
from portal.sealed.receipts import derived
from portal.sealed.sm_suite import read_head
from portal.sealed.suites import SM
from tests.sealed.parts import run

VECTORS = json.loads((Path(__file__).parent / "sm_vectors.json").read_text(encoding="utf-8"))
OFFICE, ESCROW = VECTORS["sealed"][0]["identities"]
KEYS = VECTORS["sealed"][0]["recipients"]
SIZES = [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000]


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def opened(data: bytes, identity: str) -> bytes:
    plain = io.BytesIO()
    SM.open(io.BytesIO(data), plain, [identity])
    return plain.getvalue()


def test_the_fixed_vectors_of_codes_files_and_signatures() -> None:
    script = """
      const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
      const { public: key, message, signature } = given.signature;
      const holds = (...all) => SM.holdsSignature(...all);
      const said = utf8.encode(message);
      const other = signature.replace(/^MEY/, "MEU");
      const found = { codes: [], files: [], signatures: [holds(key, signature, said),
        holds(key, signature, utf8.encode(`${message} `)), holds(key, other, said),
        holds(given.sealed[0].recipients[0], signature, said), holds(key, "", said)] };
      for (const { secret } of given.receipts) {
        const one = await derivedOf(Uint8Array.from(Buffer.from(secret, "hex")), SM.SUITE);
        found.codes.push([grouped(one.code), one.lookup, one.reply, one.identity]);
      }
      for (const { file, identities } of given.sealed) {
        for (const identity of identities) {
          const plain = await SM.SUITE.open(bytes(file), identity);
          found.files.push(Buffer.from(plain).toString("base64"));
        }
      }
      return found;
    """
    told = run(script, VECTORS, "sm.js")
    assert told == {
        "codes": [[r["code"], r["lookup"], r["reply"], r["identity"]] for r in VECTORS["receipts"]],
        "files": [one["plain"] for one in VECTORS["sealed"] for _ in one["identities"]],
        "signatures": [True, False, False, False, False],
    }


def test_each_opens_what_the_other_sealed_and_neither_what_was_changed() -> None:
    """Every length at which chunks begin and end; a change or a cut anywhere is refused."""
    plains = [secrets.token_bytes(size) for size in SIZES]
    files = []
    for plain in plains:
        target = io.BytesIO()
        SM.seal(io.BytesIO(plain), target, KEYS)
        files.append(target.getvalue())
    long = files[-1]
    head = len(long) - len(long.partition(b"\n--- ")[2])
    payload = long.index(b"\n", head) + 1
    changed = [*range(0, payload + 40, 13), payload + 65_552, payload + 65_569, len(long) - 1]
    cut = [payload, payload + 16, payload + 16 + 65_552, len(long) - 16, len(long) - 1]
    script = """
      const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
      const text = (found) => Buffer.from(found).toString("base64");
      const found = { opened: [], sealed: [], refused: [] };
      for (const file of given.files) {
        found.opened.push(text(await SM.SUITE.open(bytes(file), given.identity)));
      }
      for (const plain of given.plains) {
        const parts = [];
        const whole = new Blob([bytes(plain)]).stream();
        const sealed = await SM.SUITE.seal(whole, given.keys);
        for await (const part of sealed) parts.push(Buffer.from(part));
        found.sealed.push(text(Buffer.concat(parts)));
      }
      const long = bytes(given.files[given.files.length - 1]);
      const tries = [[long, given.other]];
      for (const at of given.changed) {
        const other = long.slice();
        other[at] ^= 1;
        tries.push([other, given.identity]);
      }
      for (const at of given.cut) tries.push([long.slice(0, at), given.identity]);
      for (const [file, key] of tries) {
        found.refused.push(await SM.SUITE.open(file, key).then(() => "opened", () => "refused"));
      }
      return found;
    """
    given = {
        "files": [text(one) for one in files],
        "plains": [text(one) for one in plains],
        "keys": KEYS,
        "identity": OFFICE,
        "other": VECTORS["receipts"][0]["identity"],
        "changed": changed,
        "cut": cut,
    }
    told = run(script, given, "sm.js")
    assert told["opened"] == given["plains"]
    for plain, sealed in zip(plains, told["sealed"], strict=True):
        data = base64.b64decode(sealed)
        assert len(read_head(io.BytesIO(data))[2]) == len(KEYS)
        assert [opened(data, one) for one in (OFFICE, ESCROW)] == [plain, plain]
    assert told["refused"] == ["refused"] * (1 + len(changed) + len(cut))


def test_a_whole_envelope_of_the_page_is_the_server_s_kind() -> None:
    secret = secrets.token_bytes(15)
    known = derived(code_from(secret), SM)
    script = """
      const suite = suiteOf(given.keys[0]);
      const secret = Uint8Array.from(Buffer.from(given.secret, "hex"));
      const { code, lookup, reply } = await derivedOf(secret, suite);
      const header = { kind: "objection", lookup, notice: "a-list", office: "city-office", reply,
        sealed: "page" };
      const files = [{ name: "files/1.pdf", blob: new Blob(["x".repeat(70_000)]) }];
      const write = (bound) => ({ bound, facts: "密封的事实" });
      const told = [];
      const made = await sealed(suite, header, "objection.json", write, files, given.keys,
        (done, size) => told.push([done, size]));
      const all = Buffer.from(await new Blob([made.head, made.sealed]).arrayBuffer());
      const digest = await storedDigest(suite, header, made.sealed);
      return [all.toString("base64"), grouped(code), told, digest === hex(digests().sha256(all))];
    """
    sealed, code, told, same = run(script, {"keys": KEYS, "secret": secret.hex()}, "sm.js")
    assert (code, same) == (grouped(code_from(secret)), True)
    source = io.BytesIO(base64.b64decode(sealed))
    header = read_page_header(source)
    assert (header.lookup, header.reply) == (known.lookup, known.reply)
    plain = opened(source.read(), OFFICE)
    assert header.bound.encode() in plain
    assert "密封的事实".encode() in plain
    assert padded_length(len(plain)) == len(plain)
    assert told[-1] == [len(plain), len(plain)]
