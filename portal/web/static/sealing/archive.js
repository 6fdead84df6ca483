// The envelope: two lines, then a padded tar archive, sealed; made piece by piece.
// Needs secret.js; is given a suite (suite.js).
const BLOCK = 512;
const PIECE = 1 << 20;

const padded = (length) => {
  if (length <= 16384) return 16384;
  const exponent = 31 - Math.clz32(length);
  const mask = (1 << (exponent - (32 - Math.clz32(exponent)))) - 1;
  return (length + mask) & ~mask;
};

const tarHeader = (name, size) => {
  const block = new Uint8Array(BLOCK);
  const put = (at, text) => block.set(utf8.encode(text), at);
  const octal = (value, digits) => value.toString(8).padStart(digits, "0");
  put(0, name);
  put(100, "0000600\0" + "0000000\0" + "0000000\0" + `${octal(size, 11)}\0` + "00000000000\0");
  put(148, "        0");
  put(257, "ustar\0" + "00");
  put(148, `${octal(block.reduce((sum, one) => sum + one, 0), 6)}\0 `);
  return block;
};

// `members` are {name, blob}; `told` hears of each piece that was read.
const container = (members, told) => {
  const filled = members.reduce((sum, { blob }) => sum + BLOCK + Math.ceil(blob.size / BLOCK) * BLOCK, 0);
  const size = padded(filled + 2 * BLOCK);
  const pieces = async function* () {
    for (const { name, blob } of members) {
      yield tarHeader(name, blob.size);
      for (let at = 0; at < blob.size; at += PIECE) {
        yield new Uint8Array(await blob.slice(at, at + PIECE).arrayBuffer());
      }
      if (blob.size % BLOCK) yield new Uint8Array(BLOCK - (blob.size % BLOCK));
    }
    for (let left = size - filled; left > 0; left -= PIECE) yield new Uint8Array(Math.min(left, PIECE));
  };
  const source = pieces();
  let read = 0;
  const stream = new ReadableStream({
    async pull(controller) {
      const { done, value } = await source.next();
      if (done) {
        controller.close();
        return;
      }
      read += value.length;
      told(read, size);
      controller.enqueue(value);
      await new Promise((go) => { setTimeout(go); }); // the page stays alive meanwhile
    },
  });
  return { stream, size };
};

const headerLine = (values) => {
  const kept = Object.keys(values).sort().filter((key) => values[key]);
  return JSON.stringify(Object.fromEntries(kept.map((key) => [key, values[key]])));
};
const headOf = (values, suite) => utf8.encode(`portal-envelope/1 ${suite.name}\n${headerLine(values)}\n`);
const boundOf = (values) => hex(digests().sha256(utf8.encode(headerLine(values))));

// Gives {header, head, sealed}: the readable values, their two lines, and what follows as a blob.
const sealed = async (suite, header, name, write, files, keys, told) => {
  const document = new Blob([JSON.stringify(write(boundOf(header)))]);
  const { stream } = container([{ name, blob: document }, ...files], told);
  const reader = (await suite.seal(stream, keys)).getReader();
  const parts = [];
  let held = [];
  for (let count = 1; ; count += 1) {
    const { done, value } = await reader.read();
    if (value) held.push(value);
    // A blob may lie outside of memory, which a phone has little of.
    if (done || count % 64 === 0) {
      parts.push(new Blob(held));
      held = [];
    }
    if (done) return { header, head: headOf(header, suite), sealed: new Blob(parts) };
  }
};

// SHA-256 of the envelope as the server stored it: what its receipt must name.
const storedDigest = async (suite, header, blob) => {
  const digest = digests().sha256.create().update(headOf(header, suite));
  for (let at = 0; at < blob.size; at += PIECE) {
    digest.update(new Uint8Array(await blob.slice(at, at + PIECE).arrayBuffer()));
  }
  return hex(digest.digest());
};
