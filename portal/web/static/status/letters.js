// Sealed letters as they come from the server, and what is in them. Whatever is not as
// portal/sealed and portal/submission/replies.py would have it is an error. Needs secret.js.
const BLOCK_SIZE = 512;
const HEADER_MOST = 4096;
const strict = new TextDecoder("utf-8", { fatal: true });
class Unable extends Error {} // the browser cannot do it at all
class Stale extends Error { // the page's token is no longer good; `csrf` is
  constructor(csrf) {
    super("stale");
    this.csrf = csrf;
  }
}
// The suites in which a code's answers may be sealed here; the server says whether the second is used.
const SUITES = () => (typeof SM === "undefined" ? [AGE_SUITE] : [AGE_SUITE, SM.SUITE]);
const broken = (what) => { throw new Error(what); };

// {told, answers, beside, cut} of the whole stream; an error where it ends before its end.
const readStream = (bytes) => {
  let at = 0;
  const line = () => {
    const end = bytes.indexOf(10, at);
    if (end < 0) broken("the line failed");
    const text = strict.decode(bytes.subarray(at, end));
    at = end + 1;
    return text;
  };
  const found = { told: JSON.parse(line()), answer: [], beside: [], cut: false };
  for (;;) {
    const [kind, size] = line().split(" ");
    if (kind === "end" || kind === "cut") return { ...found, cut: kind === "cut" };
    if (at + Number(size) > bytes.length) broken("the line failed");
    found[kind].push(bytes.subarray(at, at + Number(size)));
    at += Number(size);
  }
};

const LETTER_SHAPES = {
  answer: [["kind", "lookup", "seq"], []],
  look: [["id", "kind", "lookup"], []],
  copy: [["id", "kind", "lookup"], ["notice", "number", "office", "received"]],
};
const HEADER_CHECKS = {
  kind: () => true,
  lookup: (value) => /^[0-9a-f]{32}$/.test(value),
  id: (value) => /^[0-9a-f]{16}$/.test(value),
  seq: (value) => Number.isInteger(value) && value > 0 && value < 10000,
  demonstration: (value) => value === true,
};

// {header, bound, rest}: the line's values, the digest that the document repeats, the sealed part.
const readLetter = (bytes, suite) => {
  const first = bytes.indexOf(10);
  const second = bytes.indexOf(10, first + 1);
  if (first < 0 || second < 0 || second - first > HEADER_MOST) broken("header");
  if (strict.decode(bytes.subarray(0, first)) !== `portal-envelope/1 ${suite.name}`) broken("suite");
  const line = bytes.subarray(first + 1, second);
  const text = strict.decode(line);
  const header = JSON.parse(text);
  const [needed, allowed] = LETTER_SHAPES[header.kind] || broken("kind");
  const keys = Object.keys(header);
  const known = [...needed, ...allowed, "demonstration"];
  const wrong = keys.some((key) => !known.includes(key) || (HEADER_CHECKS[key] && !HEADER_CHECKS[key](header[key])));
  if (wrong || !needed.every((key) => keys.includes(key))) broken("header");
  const sorted = JSON.stringify(Object.fromEntries([...keys].sort().map((key) => [key, header[key]])));
  if (sorted !== text) broken("header");
  return { header, bound: hex(digests().sha256(line)), rest: bytes.subarray(second + 1) };
};

const octalAt = (block, at, length) => {
  const text = String.fromCharCode(...block.subarray(at, at + length)).split("\0")[0].trim();
  return /^[0-7]*$/.test(text) ? parseInt(text || "0", 8) : broken("archive");
};

// Names and bytes of a plain archive; an error for anything else that tar knows.
const plainMembers = (archive) => {
  const members = new Map();
  for (let at = 0; at < archive.length;) {
    const head = new Uint8Array(BLOCK_SIZE);
    head.set(archive.subarray(at, at + BLOCK_SIZE));
    if (!head.some(Boolean)) break;
    const sum = head.reduce((total, one, place) => total + (place >= 148 && place < 156 ? 32 : one), 0);
    const empty = (from, to) => !head.subarray(from, to).some(Boolean);
    if (octalAt(head, 148, 8) !== sum || !empty(157, 257) || !empty(345, 500)) broken("archive");
    if (head[156] !== 0 && head[156] !== 48) broken("archive");
    const name = strict.decode(head.subarray(0, 100)).split("\0")[0];
    const size = octalAt(head, 124, 12);
    at += BLOCK_SIZE;
    if (at + size > archive.length || (head[156] === 0 && name.endsWith("/"))) broken("archive");
    members.set(name, archive.subarray(at, at + size));
    at += Math.ceil(size / BLOCK_SIZE) * BLOCK_SIZE;
  }
  return members;
};

// {header, bound, members} of an opened letter of one kind.
const openLetter = async (bytes, { suite, identity }, kind) => {
  const { header, bound, rest } = readLetter(bytes, suite);
  if (header.kind !== kind) broken("kind");
  return { header, bound, members: plainMembers(await suite.open(rest, identity)) };
};
