// Cuts texts and questions as portal/search/analysis.py does. Needs nothing.
// The tables of portal/domain/characters.py: what nobody sees, what looks like a character, dots.
const controls = new RegExp(String.raw`[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u115f\u1160\u17b4\u17b5\u180b-\u180f`
  + String.raw`\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\u0890\u0891\u08e2`
  + String.raw`\u{110bd}\u{110cd}\u{13430}-\u{1343f}\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}\x85\u2028\u2029]`, "gu");
const alike = new Map(`
  ⺁厂 ⺂乛 ⺃乚 ⺄乙 ⺅亻 ⺆冂 ⺇𠘨 ⺈刀 ⺉刂 ⺊卜 ⺋㔾 ⺌小 ⺍小 ⺎兀 ⺏尣 ⺐尢 ⺑𡯂 ⺒巳 ⺓幺 ⺔彑 ⺕彐 ⺖忄 ⺗心 ⺘扌 ⺙攵 ⺛旡 ⺜日 ⺝月 ⺞歺 ⺠民 ⺡氵 ⺢氺
  ⺣灬 ⺤爫 ⺥爫 ⺦丬 ⺧牛 ⺨犭 ⺩王 ⺪𤴔 ⺫目 ⺬示 ⺭礻 ⺮𥫗 ⺯糹 ⺰纟 ⺱罓 ⺲罒 ⺳㓁 ⺴冗 ⺵𦉫 ⺶羊 ⺷𦍌 ⺸𦍋 ⺹耂 ⺺肀 ⺻聿 ⺼肉 ⺽𦥑 ⺾艹 ⺿艹 ⻀艹 ⻁虎 ⻂衤
  ⻃覀 ⻄西 ⻅见 ⻆角 ⻇𧢲 ⻈讠 ⻉贝 ⻊𧾷 ⻋车 ⻌辶 ⻍辶 ⻎辶 ⻏邑 ⻐钅 ⻑長 ⻒镸 ⻓长 ⻔门 ⻕𨸏 ⻖阝 ⻗雨 ⻘青 ⻙韦 ⻚页 ⻛风 ⻜飞 ⻝食 ⻞𩙿 ⻟飠 ⻠饣 ⻡𩠐 ⻢马
  ⻣骨 ⻤鬼 ⻥鱼 ⻦鸟 ⻧卤 ⻨麦 ⻩黄 ⻪黾 ⻫斉 ⻬齐 ⻭歯 ⻮齿 ⻯竜 ⻰龙 ⻱龜 ⻲亀 ㇆𠃌 ㇏乀 ㇐一 ㇑丨 ㇒丿 ㇓丿 ㇔丶 ㇕𠃍 ㇖乛 ㇗𠃊 ㇘𠃎 ㇙𠄌 ㇚亅 ㇛𡿨 ㇜𠃋 ㇝乀
  ㇞𠃑 ㇟乚 ㇠乙 ㇡𠄎
`.trim().split(/\s+/).map((pair) => [...pair]));
for (const dot of "・•‧∙⋅･᛫⸱⸳") alike.set(dot, "·");
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
