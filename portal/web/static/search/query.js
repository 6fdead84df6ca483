// Cuts texts and questions as portal/search/analysis.py does. Needs nothing.
// The tables of portal/domain/characters.py: what nobody sees, what looks like a character, dots.
const controls = new RegExp(KNOWN_UNSEEN, "gu");
const alike = new Map(KNOWN_ALIKE.split(" ").map((pair) => [...pair]));
for (const dot of KNOWN_DOTS) alike.set(dot, "·");
const eastAsian = (c) => c > "\u2e7f" && c.codePointAt() < 0x40000;
const known = new Map();
const foldOne = (c) => {
  if (!known.has(c)) {
    const seen = alike.get(c) || c.replace(controls, "");
    known.set(c, [...seen.normalize("NFKC").toLowerCase()]);
  }
  return known.get(c);
};
// Folded text, and for each of its UTF-16 units the number of its character in the text.
const fold = (source) => {
  let out = "", last = "", space = -1;
  const places = [];
  const put = (c, i) => { out += c; for (const _ of c.split("")) places.push(i); };
  [...source].forEach((c, i) => {
    for (const part of foldOne(c)) {
      if (/\s/.test(part)) { if (space < 0) space = i; continue; }
      if (space >= 0 && last && !eastAsian(last) && !eastAsian(part)) put(" ", space);
      space = -1;
      put(last = part, i);
    }
  });
  return { out, places };
};
// The folded text alone, quicker: what folds to itself is copied. Spaces depend on their neighbours.
const folded = (source) => {
  let spaced = false;
  const out = source.replace(/[^\u4e00-\u9fff!-@[-~]+/g, (run) => {
    const part = [...run].map((c) => foldOne(c).join("")).join("");
    spaced = spaced || /\s/.test(part);
    return part;
  });
  return spaced ? fold(source).out : out;
};
const parse = (query) => {
  const plain = query.replace(controls, "").replace(/[“”„‟«»『』「」＂]/g, '"');
  const parts = [...plain.matchAll(/"([^"]*)"?|([^\s"]+)/g)];
  return [...new Set(parts.map((m) => fold(m[1] || m[2] || "").out))].filter(Boolean);
};
