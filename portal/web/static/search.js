// Answers ?q= where no server has: on the static site. The same rules as portal/search/analysis.py
// (folding), shards.py (postings), results.py (filters) and snippets.py (what is shown).
// It runs before the page has been read, so that the data is on its way while the page is painted.
(async () => {
  const { search: data, root, shards } = document.currentScript.dataset;
  const asked = new URLSearchParams(location.search);
  const text = asked.get("q") || "";
  if (!text.trim()) return;
  const facets = ["kind", "county", "edition", "year", "state"];
  const headings = ["类型", "县（区）", "届次", "年份", "状态"];

  // Analysis
  const controls = /[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\ufeff]/g;
  const eastAsian = (c) => c > "\u2e7f" && c.codePointAt() < 0x40000;
  const known = new Map();
  const foldOne = (c) => {
    if (!known.has(c)) known.set(c, [...c.replace(controls, "").normalize("NFKC").toLowerCase()]);
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
      spaced ||= /\s/.test(part);
      return part;
    });
    return spaced ? fold(source).out : out;
  };
  const parse = (query) => {
    const plain = query.replace(controls, "").replace(/[“”„‟«»『』「」＂]/g, '"');
    const parts = [...plain.matchAll(/"([^"]*)"?|([^\s"]+)/g)];
    return [...new Set(parts.map((m) => fold(m[1] || m[2] || "").out))].filter(Boolean);
  };

  // What was on the screen stays there until there is an answer, unless that takes long: to paint the
  // page twice would take longer than to find.
  const html = document.documentElement;
  html.hidden = true;
  const waiting = setTimeout(() => { html.hidden = false; }, 200);
  const tooLong = [...text].length > 100, terms = tooLong ? [] : parse(text);

  // Files
  const load = async (name) => {
    const file = await fetch(data + name, { cache: "no-cache" });
    if (!file.ok) throw file.status;
    return new Response(file.body.pipeThrough(new DecompressionStream("gzip")));
  };
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
    return { docs: new Uint32Array(0), places: bytes.subarray(0, 0) };
  };
  // A term of up to three characters is one gram; grams of three cover a longer one, and overlap
  // in one that is not so long as to be rare already.
  const cover = (term) => {
    const chars = [...term], last = chars.length - 3, at = [];
    if (last < 1) return [[term, 0]];
    for (let i = 0; i < last && at.length < 7; i += last < 6 ? 2 : 3) at.push(i);
    return [...at, last].map((i) => [chars.slice(i, i + 3).join(""), i]);
  };
  const gather = (count) => {
    const files = {};
    const list = async ([gram, offset]) => {
      const number = shardOf(gram, count);
      files[number] ||= load(`shard/${number}.bin`).then((r) => r.arrayBuffer());
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
        const from = at, before = left ? left.get(docs[i]) : null; // null: anywhere
        while (places[at++] > 127);
        if (before === undefined) continue;
        if (places[from] === 127) { next.set(docs[i], before); continue; }
        const starts = [];
        for (let j = from; j < at; j++) {
          const start = ((places[j] & 127) - offset % 127 + 127) % 127;
          if (!before || before.includes(start)) starts.push(start);
        }
        if (starts[0] !== undefined) next.set(docs[i], starts);
      }
      left = next;
    }
    return [...left.keys()];
  };

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
  const matches = (doc) => {
    const title = folded(doc[1]);
    return terms.every((t) => title.includes(t) || segments(doc).some((s) => s.folded.includes(t)));
  };
  const blocks = {};
  const read = async (n) => {
    if (n >= index.base) return index.texts[n - index.base];
    const number = n >> 1; // as portal/search/static.py: TEXTS
    blocks[number] ||= load(`doc/${number}.bin`).then((r) => r.json());
    return (await blocks[number])[n & 1];
  };
  const code = (n, name) => {
    const { facets: names, profiles, column } = index.columns.find((c) => c.facets.includes(name));
    return profiles[column.charCodeAt(n) - 48][names.indexOf(name)];
  };
  const under = (n, facet) => {
    const names = index.labels[facet], c = code(n, facet);
    return facet === "state" ? names.filter((_, i) => (c >> i) & 1).map(([v]) => v) : c ? [names[c - 1][0]] : [];
  };
  const label = (facet, value) => (index.labels[facet].find(([v]) => v === value) || [])[1];
  const chosen = Object.fromEntries(facets.map((f) => [f, asked.get(f)]).filter(([, v]) => v));
  const limits = Object.keys(chosen);
  const holds = (n, but) => limits.every((f) => f === but || under(n, f).includes(chosen[f]));
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

  // Snippets
  const spans = (source) => {
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
  const cut = (source, marks, start, stop) => {
    const chars = [...source], out = start > 0 ? ["…"] : [];
    let at = start;
    for (const [begin, end] of marks) {
      if (begin >= stop) break;
      out.push(chars.slice(at, begin).join(""), make("mark", {}, chars.slice(begin, at = Math.min(end, stop)).join("")));
    }
    out.push(chars.slice(at, stop).join(""));
    return chars.length > stop ? [...out, "…"] : out;
  };
  const passages = (doc) => {
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
    if (picked[0] === undefined) {
      const plain = all.filter((s) => !s.anchor).slice(0, 4).map((s) => s.text);
      const longest = plain.reduce((a, b) => ([...b].length > [...a].length ? b : a), "");
      return longest ? [make("p", { className: "passage" }, make("span", {}, ...cut(longest, [], 0, 80)))] : [];
    }
    return picked.map((i) => {
      const { text: source, anchor, head } = all[i], marks = spans(source);
      const start = [...source].length > 80 ? Math.max(0, marks[0][0] - 20) : 0;
      const row = anchor ? [make("a", { href: `${root}${doc[0]}#${anchor}` }, `名单第${anchor.slice(6)}项`), head !== source && make("b", {}, head)] : [];
      return make("p", { className: "passage" }, ...row, make("span", {}, ...cut(source, marks, start, start + 80)));
    });
  };

  // The page
  const make = (tag, props, ...children) => {
    const element = Object.assign(document.createElement(tag), props);
    element.append(...children.filter((c) => c || c === 0));
    return element;
  };
  const address = (change, page) => {
    const next = new URLSearchParams({ q: text });
    for (const f of facets) if (f in change ? change[f] : chosen[f]) next.set(f, f in change ? change[f] : chosen[f]);
    if (page > 1) next.set("page", page);
    return `${root}/search/?${next}`;
  };
  const link = (href, inside, props) => make("a", { href, ...props }, ...inside);
  const everything = address(Object.fromEntries(facets.map((f) => [f, ""])));
  const filters = (found) => {
    const tallied = tally(found);
    const rows = facets.map((f, i) => {
      const counts = {};
      for (const [many, n] of tallied) if (holds(n, f)) for (const v of under(n, f)) counts[v] = (counts[v] || 0) + many;
      const choices = index.labels[f].filter(([v]) => counts[v] || v === chosen[f]);
      if (choices.length < 2 && !chosen[f]) return null;
      const items = choices.map(([v, name]) => {
        const a = link(address({ [f]: v }), [`${name} `, make("span", { className: "num" }, counts[v] || 0)]);
        if (v === chosen[f]) a.setAttribute("aria-current", "true");
        return make("li", {}, a);
      });
      if (chosen[f]) items.unshift(make("li", {}, link(address({ [f]: "" }), ["全部"])));
      return make("div", {}, make("dt", {}, headings[i]), make("dd", {}, make("ul", {}, ...items)));
    });
    return make("nav", { className: "facets", ariaLabel: "筛选结果" }, make("dl", {}, ...rows));
  };
  const hit = async (n) => {
    const doc = await read(n), [path, title, day] = doc, shown = under(n, "state");
    const state = ["withdrawn", "open", "scheduled", "corrected", "closed"].find((s) => shown.includes(s));
    const county = under(n, "county")[0];
    return make("li", {},
      make("h2", {}, link(root + path, cut(title, spans(title), 0, [...title].length))),
      make("p", { className: "about" },
        make("span", {}, label("kind", under(n, "kind")[0])),
        county && make("span", {}, label("county", county)),
        day && make("time", { dateTime: day }, day),
        state && make("span", { className: `tag tag-${state}` }, label("state", state)),
        code(n, "demo") > 0 && make("span", { className: "tag tag-demo" }, "演示")),
      ...passages(doc));
  };
  const words = (id) => document.getElementById(id).content.cloneNode(true);
  const empty = () => {
    const box = words("nothing"), item = box.querySelector(".clear");
    if (filtered) item.href = everything;
    else item.parentNode.remove();
    return box;
  };
  const pages = (page, count) => count > 1 && make("nav", { className: "pages", ariaLabel: "翻页" },
    page > 1 && link(address({}, page - 1), ["上一页（较新）"], { className: "button button-quiet", rel: "prev" }),
    make("span", { className: "soft" }, `第${page}页，共${count}页`),
    page < count && link(address({}, page + 1), ["下一页（较早）"], { className: "button button-quiet", rel: "next" }));
  const show = (...children) => {
    clearTimeout(waiting);
    home.replaceChildren(...children.filter(Boolean));
    html.hidden = false;
  };
  const refuse = (reason) => {
    browse.hidden = false;
    const input = document.getElementById("ask");
    document.title = `错误：${document.title}`;
    input.form.classList.add("field-error");
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", "ask-hint ask-error");
    input.parentNode.before(make("p", { className: "error-message", id: "ask-error" }, reason));
    show();
  };

  const filtered = limits.length > 0;
  const files = Promise.all(terms[0] ? [load("index.bin").then((r) => r.json()), gather(+shards)] : []);
  files.catch(() => {}); // told below, when there is a page to tell it on
  await new Promise((done) => {
    const look = () => document.readyState !== "loading" && done();
    document.addEventListener("readystatechange", look);
    look();
  });
  const home = document.getElementById("results"), browse = document.getElementById("browse");
  document.getElementById("ask").value = [...text].slice(0, 100).join("");
  if (tooLong) return refuse("检索词过长，请不超过100个字");
  if (!terms[0]) return refuse("请输入要查找的名称、文号或关键词");
  document.title = document.title.replace("搜索", () => `搜索：${text}`);
  browse.hidden = true;
  const failed = words("failed"), bar = words("fictional").firstElementChild, none = empty();
  home.replaceChildren(make("p", { className: "working" }, "正在查找……"));
  let index, lists;
  try {
    [index, lists] = await files;
    if (index.shards !== +shards) lists = await gather(index.shards); // the page is of another build
    const wrong = facets.findIndex((f) => chosen[f] && !label(f, chosen[f]));
    if (wrong >= 0) return refuse(`没有这样的筛选条件：${headings[wrong]}。请去掉筛选后重新查找`);
    for (const f in chosen) document.querySelector(".ask").append(make("input", { type: "hidden", name: f, value: chosen[f] }));

    // Newest first: notices that are here whole, then those by their postings, then the fixed pages.
    const whole = index.texts.map((doc, i) => i + index.base).filter((n) => matches(index.texts[n - index.base]));
    const seen = new Uint8Array(index.base), posted = [];
    for (const list of lists) for (const n of possible(list)) seen[n]++;
    for (let n = index.base; n-- > 0;) if (seen[n] === terms.length) posted.push(n);
    let found = [...whole.filter((n) => n < index.notices).reverse(), ...posted, ...whole.filter((n) => n >= index.notices)];
    // Longer terms are checked against the texts, as many as the page needs.
    const sure = new Set(terms.every((t) => !cover(t)[1]) ? found : whole);
    const wanted = Math.max(1, +(/^\d{1,5}$/.test(asked.get("page")) ? asked.get("page") : 1));
    let kept = found.filter((n) => holds(n)), looked = 0, right = 0;
    for (;;) {
      const reach = kept.slice(0, wanted * 10), missing = reach.filter((n) => !sure.has(n)).length;
      if (!missing) break;
      // As many as it will take, judged by those that were right so far.
      const open = kept.filter((n) => !sure.has(n)).slice(0, Math.min(32, Math.ceil(missing * (looked + 1) / (right + 1))));
      const docs = await Promise.all(open.map(read));
      const out = new Set(open.filter((n, i) => !matches(docs[i]) || !sure.add(n)));
      looked += open.length;
      right += open.length - out.size;
      if (!out.size) continue;
      found = found.filter((n) => !out.has(n));
      kept = kept.filter((n) => !out.has(n));
    }
    const about = found.every((n) => sure.has(n)) ? "" : "约";
    const count = Math.max(1, Math.ceil(kept.length / 10)), number = Math.min(wanted, count);
    const hits = await Promise.all(kept.slice(number * 10 - 10, number * 10).map(hit));
    const total = kept.length && make("p", { className: "count" }, `找到${about}`, make("strong", {}, kept.length), "项",
      count > 1 && `，第${number}页，共${count}页`, filtered && "，", filtered && link(everything, ["去掉全部筛选"]));
    show(total, (kept.length || filtered) && filters(found), kept.length ? make("ol", { className: "hits" }, ...hits) : none, pages(number, count));
    browse.hidden = kept.length > 0;
    if (document.querySelector(".hits .tag-demo")) {
      bar.className = "demo-bar";
      document.querySelector("header.top").after(bar);
      document.title = `【演示】${document.title}`;
    }
    home.dataset.done = about || "exact";
  } catch (error) {
    console.error(error);
    show(failed);
    browse.hidden = false;
    home.dataset.done = "failed";
  }
})();
