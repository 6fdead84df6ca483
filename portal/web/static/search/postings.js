// Reads the shards of portal/search/shards.py. Needs nothing.
const shardOf = (gram, count) => {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(gram)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value % count;
};
// A gram's documents and, for three characters, their places as they are written.
const unpack = (bytes, gram) => {
  const [one, two = 0, three = 0] = [...gram].map((c) => c.codePointAt());
  let at = 0;
  const number = () => {
    let value = 0, shift = 0, byte;
    do { byte = bytes[at++]; value |= (byte & 127) << shift; shift += 7; } while (byte > 127);
    return value;
  };
  for (let grams = number(); grams--;) {
    const wanted = [number() === one, number() === two, number()];
    const count = number(), steps = number(), from = at;
    at += steps;
    const size = wanted[2] && number(), places = bytes.subarray(at, at += size);
    if (!wanted[0] || !wanted[1] || wanted[2] !== three) continue;
    at = from;
    for (let i = 0, doc = 0, docs = new Uint32Array(count); ; docs[i++] = doc += number()) if (i === count) return { docs, places };
  }
  return { docs: [], places: [] };
};
// A term of up to three characters is one gram; grams of three cover a longer one, and overlap
// in one that is not so long as to be rare already.
const cover = (term) => {
  const chars = [...term], last = chars.length - 3, at = [];
  if (last < 1) return [[term, 0]];
  for (let i = 0; i < last && at.length < 7; i += last < 6 ? 2 : 3) at.push(i);
  return [...at, last].map((i) => [chars.slice(i, i + 3).join(""), i]);
};
// For each term the lists of its grams; `load` gives the response of a file by its name.
const gather = (terms, count, load) => {
  const files = {};
  const list = async ([gram, offset]) => {
    const number = shardOf(gram, count);
    files[number] = files[number] || load(`shard/${number}.bin`).then((r) => r.arrayBuffer());
    return { ...unpack(new Uint8Array(await files[number]), gram), offset };
  };
  return count > 0 ? Promise.all(terms.map((term) => Promise.all(cover(term).map(list)))) : [];
};
// Notices whose postings allow a term: exact for one gram. Where it takes several, the places of
// each must leave the term the same beginning.
const possible = (lists) => {
  if (!lists[1]) return lists[0].docs;
  let left;
  for (const { docs, places, offset } of lists.sort((a, b) => a.docs.length - b.docs.length)) {
    const next = new Map();
    for (let i = 0, at = 0; i < docs.length; i++) {
      // Null: anywhere.
      const from = at, before = left ? left.get(docs[i]) : null;
      while (places[at++] > 127);
      if (before === undefined) continue;
      if (places[from] === 127) { next.set(docs[i], before); continue; }
      const starts = [];
      for (let j = from; j < at; j++) {
        const start = ((places[j] & 127) - offset % 127 + 127) % 127;
        if (!before || before.includes(start)) starts.push(start);
      }
      if (starts.length) next.set(docs[i], starts);
    }
    left = next;
  }
  return [...left.keys()];
};
