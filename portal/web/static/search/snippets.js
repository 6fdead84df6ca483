// The places of a text that match, cut short, as portal/search/snippets.py does: lists of texts and
// of marked texts, which stand in a list of their own. Needs query.js and matching.js.
const spans = (source, terms) => {
  const { out, places } = fold(source), found = [];
  for (const term of terms) {
    for (let at = out.indexOf(term); at >= 0; at = out.indexOf(term, at + term.length)) found.push([places[at], places[at + term.length - 1] + 1]);
  }
  const joined = [];
  for (const [start, stop] of found.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const before = joined[joined.length - 1];
    if (before && start <= before[1]) before[1] = Math.max(stop, before[1]);
    else joined.push([start, stop]);
  }
  return joined;
};
const cut = (source, marks, start = 0, stop = Infinity) => {
  const chars = [...source], out = start > 0 ? ["…"] : [];
  let at = start;
  for (const [begin, end] of marks) {
    if (begin >= stop) break;
    out.push(chars.slice(at, begin).join(""), [chars.slice(begin, at = Math.min(end, stop)).join("")]);
  }
  out.push(chars.slice(at, stop).join(""));
  return chars.length > stop ? [...out, "…"] : out;
};
// Up to three places: first those that show a term not yet shown, then others.
const passages = (doc, terms) => {
  const all = segments(doc), title = folded(doc[1]);
  const unseen = new Set(terms.filter((t) => !title.includes(t)));
  const first = [], rest = [];
  all.forEach((s, i) => {
    const held = terms.filter((t) => s.folded.includes(t));
    if (!held[0]) return;
    (held.some((t) => unseen.has(t)) ? first : rest).push(i);
    held.forEach((t) => unseen.delete(t));
  });
  const picked = [...first, ...rest].slice(0, 3).sort((a, b) => a - b);
  if (!picked.length) {
    const plain = all.filter((s) => !s.anchor).slice(0, 4);
    const longest = plain.reduce((a, { text }) => ([...text].length > [...a].length ? text : a), "");
    return longest ? [{ text: cut(longest, [], 0, 80) }] : [];
  }
  return picked.map((i) => {
    const { text, anchor, head } = all[i], marks = spans(text, terms);
    const start = [...text].length > 80 ? Math.max(0, marks[0][0] - 20) : 0;
    return { text: cut(text, marks, start, start + 80), anchor, head: head !== text && head };
  });
};
