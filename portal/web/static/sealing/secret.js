// The receipt code and what derives from it, as docs/objection-protocol.md says. Needs nothing.
const utf8 = new TextEncoder();
const hex = (bytes) => [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
// SHA-256 and HKDF, of whichever script seals here.
const digests = () => (typeof AGE === "undefined" ? SM : AGE);
const derive = (secret, info, length) =>
  digests().hkdf(digests().sha256, secret, utf8.encode("portal receipt code/1"), utf8.encode(info), length);

const fives = (bytes) => {
  const found = [];
  let held = 0;
  let bits = 0;
  for (const one of bytes) {
    held = (held << 8) | one;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      found.push((held >> bits) & 31);
    }
    held &= (1 << bits) - 1;
  }
  if (bits) found.push((held << (5 - bits)) & 31);
  return found;
};

// A weighted sum over GF(32): any one wrong character and any two exchanged ones are found.
const doubled = (value) => (value & 16 ? (value << 1) ^ 0b100101 : value << 1);
const checkOf = (values) => {
  let weight = 1;
  let total = 0;
  for (const value of values) {
    weight = doubled(weight);
    for (let a = weight, b = value; b; b >>= 1, a = doubled(a)) total ^= b & 1 ? a : 0;
  }
  return total;
};

const codeOf = (secret) => {
  const values = fives(secret);
  return [...values, checkOf(values)].map((value) => KNOWN_CODE_ALPHABET[value]).join("");
};
const grouped = (code) => code.match(/.{5}/g).join("-");

const bech32 = (prefix, bytes) => {
  const letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
  const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
  const data = fives(bytes);
  const codes = [...prefix].map((one) => one.charCodeAt(0));
  let check = 1;
  for (const value of [...codes.map((c) => c >> 5), 0, ...codes.map((c) => c & 31), ...data, 0, 0, 0, 0, 0, 0]) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ value;
    for (let bit = 0; bit < 5; bit += 1) check ^= (top >> bit) & 1 ? generator[bit] : 0;
  }
  const sum = [25, 20, 15, 10, 5, 0].map((shift) => ((check ^ 1) >>> shift) & 31);
  return `${prefix}1${[...data, ...sum].map((value) => letters[value]).join("")}`;
};

// What follows from the 15 bytes of a code; `suite` (suite.js) says how answers are sealed to it.
const derivedOf = async (secret, suite) => {
  const { identity, recipient } = await suite.reply(secret);
  const speak = suite.speaker(secret).key;
  return { code: codeOf(secret), lookup: hex(derive(secret, "lookup", 16)), identity, reply: recipient, speak };
};
