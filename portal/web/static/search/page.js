// Answers ?q= where no server has: on the static site. Needs all other parts.
// It runs before the page has been read, so that the data is on its way while the page is painted.
(async () => {
  const { search: data, root, shards } = document.currentScript.dataset;
  const asked = new URLSearchParams(location.search);
  const text = asked.get("q") || "";
  if (!text.trim()) return;
  const headings = KNOWN_HEADINGS;
  const chosen = Object.fromEntries(facets.map((f) => [f, asked.get(f)]).filter(([, v]) => v));
  const filtered = Object.keys(chosen)[0];

  // What was on the screen stays there until there is an answer, unless that takes long: to paint the
  // page twice would take longer than to find.
  const html = document.documentElement;
  html.hidden = true;
  const waiting = setTimeout(() => { html.hidden = false; }, 200);
  const tooLong = [...text].length > KNOWN_MAX_QUERY, terms = tooLong ? [] : parse(text);
  const load = async (name) => {
    const file = await fetch(data + name, { cache: "no-cache" });
    if (!file.ok) throw file.status;
    return new Response(file.body.pipeThrough(new DecompressionStream("gzip")));
  };

  const make = (tag, props, ...children) => {
    const element = Object.assign(document.createElement(tag), props);
    element.append(...children.filter(Boolean));
    return element;
  };
  const shown = (text) => text.map((p) => (p.big ? p : make("mark", {}, ...p)));
  const address = (change, page) => {
    const next = new URLSearchParams({ q: text }), all = { ...chosen, ...change };
    for (const f of facets) if (all[f]) next.set(f, all[f]);
    if (page > 1) next.set("page", page);
    return `${root}/search/?${next}`;
  };
  const link = (href, inside, props) => make("a", { href, ...props }, ...inside);
  const everything = `${root}/search/?${new URLSearchParams({ q: text })}`;
  const filters = (found) => {
    const tallied = is.tally(found), rows = facets.map((f, i) => {
      const counts = {};
      for (const [many, n] of tallied) if (is.holds(n, f)) for (const v of is.under(n, f)) counts[v] = (counts[v] || 0) + many;
      const choices = index.labels[f].filter(([v]) => counts[v] || v === chosen[f]);
      if (choices.length < 2 && !chosen[f]) return null;
      const items = choices.map(([v, name]) => {
        const a = link(address({ [f]: v }), [`${name} `, make("span", { className: "num" }, `${counts[v] || 0}`)]);
        if (v === chosen[f]) a.setAttribute("aria-current", "true");
        return make("li", {}, a);
      });
      if (chosen[f]) items.unshift(make("li", {}, link(address({ [f]: "" }), ["全部"])));
      return make("div", {}, make("dt", {}, headings[i]), make("dd", {}, make("ul", {}, ...items)));
    });
    return make("nav", { className: "facets", ariaLabel: "筛选结果" }, make("dl", {}, ...rows));
  };
  const hit = async (n) => {
    const doc = await read(n), [path, title, day] = doc, states = is.under(n, "state");
    const state = KNOWN_STATES_BY_WEIGHT.find((s) => states.includes(s));
    const county = is.under(n, "county")[0];
    return make("li", {},
      make("h2", {}, link(root + path, shown(cut(title, spans(title, terms))))),
      make("p", { className: "about" },
        make("span", {}, is.label("kind", is.under(n, "kind")[0])),
        county && make("span", {}, is.label("county", county)),
        day && make("time", { dateTime: day }, day),
        state && make("span", { className: `tag tag-${state}` }, is.label("state", state)),
        is.code(n, "demo") > 0 && make("span", { className: "tag tag-demo" }, "演示")),
      ...passages(doc, terms).map(({ text, anchor, head }) => make("p", { className: "passage" },
        anchor && link(`${root}${path}#${anchor}`, [`名单第${anchor.slice(6)}项`]), head && make("b", {}, head), make("span", {}, ...shown(text)))));
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

  const files = Promise.all(terms[0] ? [load("index.bin").then((r) => r.json()), gather(terms, +shards, load)] : []);
  // Told below, when there is a page to tell it on.
  files.catch(() => {});
  await new Promise((done) => {
    const look = () => document.readyState !== "loading" && done();
    document.addEventListener("readystatechange", look);
    look();
  });
  const home = document.getElementById("results"), browse = document.getElementById("browse");
  document.getElementById("ask").value = [...text].slice(0, KNOWN_MAX_QUERY).join("");
  if (tooLong) return refuse(`检索词过长，请不超过${KNOWN_MAX_QUERY}个字`);
  if (!terms[0]) return refuse("请输入要查找的名称、文号或关键词");
  document.title = document.title.replace("搜索", () => `搜索：${text}`);
  browse.hidden = true;
  const failed = words("failed"), bar = words("fictional").firstElementChild, none = empty();
  home.replaceChildren(make("p", { className: "working" }, "正在查找……"));
  let index, lists, read, is;
  try {
    [index, lists] = await files;
    // Else the page is of another build.
    if (index.shards !== +shards) lists = await gather(terms, index.shards, load);
    is = attributes(index, chosen);
    read = reader(index, load);
    const wrong = facets.findIndex((f) => chosen[f] && !is.label(f, chosen[f]));
    if (wrong >= 0) return refuse(`没有这样的筛选条件：${headings[wrong]}。请去掉筛选后重新查找`);
    for (const f in chosen) document.querySelector(".ask").append(make("input", { type: "hidden", name: f, value: chosen[f] }));
    const wanted = Math.max(1, /^\d{1,5}$/.test(asked.get("page")) && asked.get("page"));
    const { found, kept, sure } = await answer(index, lists, terms, is.holds, read, wanted);
    const count = Math.max(1, Math.ceil(kept.length / KNOWN_PAGE_SIZE)), number = Math.min(wanted, count);
    const hits = await Promise.all(kept.slice((number - 1) * KNOWN_PAGE_SIZE, number * KNOWN_PAGE_SIZE).map(hit));
    const total = kept.length && make("p", { className: "count" }, `找到${sure ? "" : "约"}`, make("strong", {}, kept.length), "项",
      count > 1 && `，第${number}页，共${count}页`, filtered && "，", filtered && link(everything, ["去掉全部筛选"]));
    show(total, (kept.length || filtered) && filters(found), kept.length ? make("ol", { className: "hits" }, ...hits) : none, pages(number, count));
    browse.hidden = kept.length > 0;
    if (document.querySelector(".hits .tag-demo")) {
      bar.className = "demo-bar";
      document.querySelector("header.top").after(bar);
      document.title = `【演示】${document.title}`;
    }
    home.dataset.done = sure ? "exact" : "约";
  } catch (error) {
    console.error(error);
    show(failed);
    browse.hidden = false;
    home.dataset.done = "failed";
  }
})();
