// A code as people type it, read as portal/domain/receipt_code.py reads it. Needs secret.js.
// What Python takes for white.
const SPACES = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const CODE_CHARACTERS = 25;
const keptOf = (typed) => [...[...typed].slice(0, 200).join("").normalize("NFKC").toUpperCase()]
  .filter((one) => !SPACES.test(one) && !KNOWN_CODE_IGNORED.includes(one));

// The 15 bytes of a code; null for anything that is none.
const secretOf = (typed) => {
  const values = keptOf(typed).map((one) => KNOWN_CODE_ALPHABET.indexOf(KNOWN_CODE_ALIKE[one] || one));
  if (values.length !== CODE_CHARACTERS || values.includes(-1)) return null;
  const check = values.pop();
  if (checkOf(values) !== check) return null;
  const secret = [];
  let held = 0;
  let bits = 0;
  for (const value of values) {
    held = (held << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      secret.push(held >> bits);
      held &= (1 << bits) - 1;
    }
  }
  return Uint8Array.from(secret);
};

const isNumber = (typed) => /^YY[0-9]{8}[0-9A-Z]{8}$/.test(keptOf(typed).join(""));
