// Which documents match, and what filters they fall under, as portal/search/results.py says.
// Needs query.js and postings.js.
const facets = KNOWN_FACETS;
// Documents: [path, title, day, segments]; a segment is a text, or an anchor with its texts.
const parts = new Map();
const segments = (doc) => {
  if (!parts.has(doc)) {
    const all = doc[3].flatMap((s) => (s.big ? [{ text: s }] : s.slice(1).map((t) => ({ text: t, anchor: s[0], head: s[1] }))));
    for (const s of all) s.folded = folded(s.text);
    parts.set(doc, all);
  }
  return parts.get(doc);
};
const matches = (doc, terms) => {
  const title = folded(doc[1]);
  return terms.every((t) => title.includes(t) || segments(doc).some((s) => s.folded.includes(t)));
};
// A document by its number, loaded once.
const reader = (index, load) => {
  const blocks = {};
  return async (n) => {
    if (n >= index.base) return index.texts[n - index.base];
    // As portal/search/static.py: TEXTS.
    const number = n >> 1;
    blocks[number] = blocks[number] || load(`doc/${number}.bin`).then((r) => r.json());
    return (await blocks[number])[n & 1];
  };
};
// What a document falls under, by its number; `chosen` are the filters that are set.
const attributes = (index, chosen) => {
  const code = (n, name) => {
    const { facets: names, profiles, column } = index.columns.find((c) => c.facets.includes(name));
    return profiles[column.charCodeAt(n) - 48][names.indexOf(name)];
  };
  const under = (n, facet) => {
    const names = index.labels[facet], c = code(n, facet);
    return facet === "state" ? names.filter((_, i) => (c >> i) & 1).map(([v]) => v) : c ? [names[c - 1][0]] : [];
  };
  const label = (facet, value) => (index.labels[facet].find(([v]) => v === value) || [])[1];
  const holds = (n, but) => Object.keys(chosen).every((f) => f === but || under(n, f).includes(chosen[f]));
  // How many there are of each combination of attributes, with one of them.
  const tally = (found) => {
    const [one, two] = index.columns.map((c) => c.column), some = new Map();
    for (const n of found) {
      const key = one.charCodeAt(n) * 65536 + two.charCodeAt(n), seen = some.get(key);
      if (seen) seen[0]++;
      else some.set(key, [1, n]);
    }
    return [...some.values()];
  };
  return { code, under, label, holds, tally };
};
// Newest first: notices that are here whole, then those by their postings, then the fixed pages.
// Longer terms are checked against the texts, as many as page `wanted` needs; else `sure` is false.
const answer = async (index, lists, terms, holds, read, wanted) => {
  const whole = index.texts.flatMap((doc, i) => (matches(doc, terms) ? [i + index.base] : []));
  const seen = new Uint8Array(index.base), posted = [];
  for (const list of lists) for (const n of possible(list)) seen[n]++;
  for (let n = index.base; n-- > 0;) if (seen[n] === terms.length) posted.push(n);
  let found = [...whole.filter((n) => n < index.notices).reverse(), ...posted, ...whole.filter((n) => n >= index.notices)];
  const sure = new Set(terms.every((t) => !cover(t)[1]) ? found : whole);
  let kept = found.filter((n) => holds(n)), looked = 0, right = 0;
  for (;;) {
    const missing = kept.slice(0, wanted * KNOWN_PAGE_SIZE).filter((n) => !sure.has(n)).length;
    if (!missing) break;
    // As many as it will take, judged by those that were right so far.
    const open = kept.filter((n) => !sure.has(n)).slice(0, Math.min(32, Math.ceil(missing * (looked + 1) / (right + 1))));
    const docs = await Promise.all(open.map(read));
    const out = new Set(open.filter((n, i) => !matches(docs[i], terms) || !sure.add(n)));
    looked += open.length;
    right += open.length - out.size;
    if (!out.size) continue;
    found = found.filter((n) => !out.has(n));
    kept = kept.filter((n) => !out.has(n));
  }
  return { found, kept, sure: found.every((n) => sure.has(n)) };
};
