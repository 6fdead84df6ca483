// The national-cipher suite in the page, as docs/objection-protocol.md has it: SM2 for the file
// key, HKDF and HMAC with SM3, SM4-GCM for chunks of 64 KiB; and the digests that pages need in
// either suite. What a suite offers stands in portal/web/static/sealing/suite.js.
import { hkdf as hkdf3, sm2, sm3, sm4 } from "sm-crypto-v2";
import { hkdf } from "@noble/hashes/hkdf";
import { sha256 } from "@noble/hashes/sha2";
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils";
import { base64, base64nopad, bech32 } from "@scure/base";

const VERSION = "portal-sm/1\n";
const STANZA = "-> SM2\n";
const MAC = "---";
const KEY = 16;
const NONCE = 16;
const CHUNK = 65536;
const TAG = 16;
const BREATH = 30; // milliseconds after which a page may draw and hear clicks
const MOST_STANZAS = 20;
const ORDER = BigInt("0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123");
const NONE = new Uint8Array(0);

const random = (length) => crypto.getRandomValues(new Uint8Array(length));
const ascii = (bytes) => String.fromCharCode(...bytes);
const fail = (why) => {
  throw new Error(why);
};

// Keys as text: bech32 over the compressed point, and over the scalar.
const keyBytes = (text, prefix, length) => {
  const { prefix: found, bytes } = bech32.decodeToBytes(text);
  return found === prefix && bytes.length === length ? bytes : fail("not an SM2 key");
};
const pointOf = (recipient) => bytesToHex(keyBytes(recipient, "sm2", 33));
const signerOf = (text) => bytesToHex(keyBytes(text, "sm2sign", 33));
const scalarOf = (identity) => bytesToHex(keyBytes(identity.toLowerCase(), "sm2-secret-key-", 32));

const headerMac = (fileKey, head) =>
  sm3(utf8ToBytes(head), { key: hkdf3(fileKey, NONE, utf8ToBytes("portal-sm/1 header"), 32) });
const payloadKey = (fileKey, nonce) => hkdf3(fileKey, nonce, utf8ToBytes("portal-sm/1 payload"), KEY);

// DER of GM/T 0009: SEQUENCE { x INTEGER, y INTEGER, C3 OCTET STRING, C2 OCTET STRING }, all short.
const wrapped = (fileKey, recipient) =>
  base64nopad.encode(hexToBytes(sm2.doEncrypt(fileKey, pointOf(recipient), 1, { asn1: true })));

// The fields of a SEQUENCE, in the one right DER; numbers as 64 hex digits.
const INTEGER = 2;
const OCTETS = 4;
const numberOf = (whole) => {
  const negative = whole.length === 0 || whole[0] > 127;
  const longer = whole.length > 1 && !whole[0] && whole[1] < 128;
  const bytes = whole.length === 33 ? whole.subarray(1) : whole;
  return negative || longer || whole.length > 33 || (whole.length === 33 && whole[0])
    ? fail("not a number") : bytesToHex(bytes).padStart(64, "0");
};
const fieldsOf = (der, tags) => {
  let at = 2;
  const found = tags.map((tag) => {
    const [start, length] = [at + 2, der[at + 1]];
    if (der[at] !== tag || length > 33 || start + length > der.length) fail("not DER");
    at = start + length;
    const field = der.subarray(start, at);
    return tag === INTEGER ? numberOf(field) : bytesToHex(field);
  });
  return der[0] === 48 && der[1] === der.length - 2 && at === der.length ? found : fail("not DER");
};

// The library checks that a point lies on the curve only where it is written in full, hence this way.
const unwrapped = (line, scalar) => {
  const [x, y, check, content] = fieldsOf(base64nopad.decode(line), [INTEGER, INTEGER, OCTETS, OCTETS]);
  const right = check.length === 64 && content.length === 2 * KEY && sm2.verifyPublicKey(`04${x}${y}`);
  return right ? sm2.doDecrypt(x + y + check + content, scalar, 1, { output: "array" }) : fail("not SM2");
};

const nonceOf = (count, last) => {
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setUint32(7, count);
  nonce[11] = last ? 1 : 0;
  return nonce;
};

const sealChunk = (key, plain, count, last) => {
  const options = { mode: "gcm", iv: nonceOf(count, last), output: "array", outputTag: true };
  const { output, tag } = sm4.encrypt(plain, key, options);
  return concatBytes(output, tag);
};

const openChunk = (key, sealed, count, last) => {
  const end = sealed.length - TAG;
  if (end < 0) fail("cut off");
  const options = { mode: "gcm", iv: nonceOf(count, last), output: "array", tag: sealed.slice(end) };
  return sm4.decrypt(sealed.subarray(0, end), key, options);
};

// What a stream gives, in chunks; the last is empty only where there is nothing at all.
const chunksOf = async function* (stream) {
  const reader = stream.getReader();
  let held = NONE;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    held = held.length ? concatBytes(held, value) : value;
    let at = 0;
    for (; held.length - at > CHUNK; at += CHUNK) yield { plain: held.subarray(at, at + CHUNK), last: false };
    held = held.subarray(at);
  }
  yield { plain: held, last: true };
};

const sealedParts = async function* (stream, keys) {
  const fileKey = random(KEY);
  const stanzas = keys.map((key) => `${STANZA}${wrapped(fileKey, key)}\n`);
  const head = `${VERSION}${stanzas.join("")}${MAC}`;
  const nonce = random(NONCE);
  yield utf8ToBytes(`${head} ${base64nopad.encode(hexToBytes(headerMac(fileKey, head)))}\n`);
  yield nonce;
  const key = payloadKey(fileKey, nonce);
  let count = 0;
  let rested = Date.now();
  for await (const { plain, last } of chunksOf(stream)) {
    yield sealChunk(key, plain, count, last);
    count += 1;
    if (Date.now() - rested > BREATH) {
      await new Promise((go) => { setTimeout(go); });
      rested = Date.now();
    }
  }
};

const linesOf = (bytes) => {
  let at = 0;
  const next = () => {
    const end = bytes.indexOf(10, at);
    if (end < 0 || end - at > 400) fail("not sealed in this suite");
    const line = ascii(bytes.subarray(at, end + 1));
    at = end + 1;
    return line;
  };
  return { next, read: () => at };
};

// The file key, and where the payload begins.
const opened = (bytes, scalar) => {
  const { next, read } = linesOf(bytes);
  if (next() !== VERSION) fail("not sealed in this suite");
  const stanzas = [];
  let line = next();
  for (; line === STANZA && stanzas.length < MOST_STANZAS; line = next()) stanzas.push(next().slice(0, -1));
  if (!line.startsWith(`${MAC} `)) fail("not sealed in this suite");
  const fileKey = stanzas.map((one) => unwrapped(one, scalar)).find((key) => key.length === KEY);
  if (!fileKey) fail("sealed to another key");
  const head = `${VERSION}${stanzas.map((one) => `${STANZA}${one}\n`).join("")}${MAC}`;
  const mac = base64nopad.encode(hexToBytes(headerMac(fileKey, head)));
  return line === `${MAC} ${mac}\n` ? { fileKey, start: read() } : fail("the header was changed");
};

// A pair that follows from the bytes of a receipt code: the number as hex digits, the point in 33 bytes.
const pairOf = (secret, info) => {
  const bytes = hkdf3(secret, utf8ToBytes("portal receipt code/1"), utf8ToBytes(info), 48);
  const number = (BigInt(`0x${bytesToHex(bytes)}`) % (ORDER - BigInt(2))) + BigInt(1);
  const scalar = number.toString(16).padStart(64, "0");
  return { scalar, point: hexToBytes(sm2.compressPublicKeyHex(sm2.getPublicKeyFromPrivateKey(scalar))) };
};

export { hkdf, sha256 };

// Whether a signature, base64 of its DER, is that of a key `sm2sign1…` over a message.
export const holdsSignature = (key, signature, message) => {
  try {
    const numbers = fieldsOf(base64.decode(signature), [INTEGER, INTEGER]).join("");
    return sm2.doVerifySignature(message, numbers, signerOf(key), { hash: true });
  } catch {
    return false;
  }
};

export const SUITE = {
  name: "sm2-sm4gcm-v1",
  async seal(stream, keys) {
    const parts = sealedParts(stream, keys);
    return new ReadableStream({
      async pull(controller) {
        const { done, value } = await parts.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    });
  },
  async open(bytes, identity) {
    const { fileKey, start } = opened(bytes, scalarOf(identity));
    const key = payloadKey(fileKey, bytes.subarray(start, start + NONCE));
    const found = [];
    let at = start + NONCE;
    for (let count = 0; at < bytes.length || count === 0; count += 1, at += CHUNK + TAG) {
      const last = at + CHUNK + TAG >= bytes.length;
      const plain = openChunk(key, bytes.subarray(at, at + CHUNK + TAG), count, last);
      if (count && !plain.length) fail("an empty chunk at the end");
      found.push(plain);
    }
    return concatBytes(...found);
  },
  async reply(secret) {
    const { scalar, point } = pairOf(secret, "reply sm2");
    return {
      identity: bech32.encodeFromBytes("sm2-secret-key-", hexToBytes(scalar)).toUpperCase(),
      recipient: bech32.encodeFromBytes("sm2", point),
    };
  },
  speaker(secret) {
    const { scalar, point } = pairOf(secret, "speak sm2");
    return {
      key: bech32.encodeFromBytes("sm2sign", point),
      sign(message) {
        const der = sm2.doSignature(message, scalar, { hash: true, der: true, publicKey: bytesToHex(point) });
        return base64.encode(hexToBytes(der));
      },
    };
  },
};
