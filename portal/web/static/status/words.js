// A case as the page opened it, in the words of portal/intake/case_words.py. Needs signed.js.
const CHINA = 8 * 3600 * 1000; // milliseconds
const minuteOf = (moment) =>
  new Date(Math.floor(microseconds(moment) / 1000) + CHINA).toISOString().slice(0, 16).replace("T", " ");
const dayOf = (day) => {
  const [year, month, date] = day.split("-").map(Number);
  return `${year}年${month}月${date}日`;
};
const wholeSeconds = (moment) => moment.slice(0, 19) + moment.slice(-6);
const nameOfOffice = (told, slug, otherwise) => (Object.keys(told.names).includes(slug) ? told.names[slug] : otherwise);

// Opens what came: answers up to the first that cannot be opened; of what lies beside, what can.
const openedCase = async ({ answer, beside, ...more }, known) => {
  const answers = [];
  const looks = [];
  const sent = [];
  try {
    for (const bytes of answer) {
      const { header, bound, members } = await openLetter(bytes, known, "answer");
      const read = readAnswer(members.get("answer.json"), bound);
      if (read.seq !== header.seq) broken("seq");
      answers.push(read);
    }
  } catch { /* what follows is not read: an answer may be missing between */ }
  for (const bytes of beside) {
    try {
      const { kind } = readLetter(bytes, known.suite).header;
      const { bound, members } = await openLetter(bytes, known, kind);
      if (kind === "look") looks.push(readLook(members.get("look.json"), bound));
      else if (kind === "copy" && members.has("objection.json")) sent.push(readOwnObjection(members.get("objection.json"), bound));
      else if (kind === "copy") sent.push(readOwnMessage(members.get("message.json"), bound));
    } catch { /* it hides no other */ }
  }
  const byTime = (one, other) => microseconds(one.at) - microseconds(other.at);
  looks.sort(byTime);
  sent.sort((one, other) => one.message - other.message || byTime(one, other));
  return { ...more, answers, looks, sent };
};

const ownWordsOf = (one) => {
  const files = one.evidence.map(({ name, size }) => `${name}（${sizeOf(size)}）`).join("；");
  const words = { at: minuteOf(one.at), text: one.text };
  const rowsOf = (pairs) => pairs.filter(([, answer]) => answer).map(([question, answer]) => ({ question, answer }));
  if (one.message) return { ...words, title: KNOWN_MESSAGES[one.kind], rows: rowsOf([["文件", files]]) };
  const named = one.entries.map(({ name, category }) => `${name}（${category}）`);
  if (one.whole || !one.entries.length) named.push(KNOWN_WHOLE_LABEL);
  return {
    ...words,
    title: "异议",
    rows: rowsOf([
      ["有异议的条目", named.join("；")],
      ["提出身份", [KNOWN_KINDS[one.who.kind], one.who.name, one.who.contact].filter(Boolean).join("，")],
      ["联系电话", one.who.phone],
      ["理由", one.grounds.map((ground) => (KNOWN_GROUNDS[ground])).join("；")],
      ["文件", files || "没有上传"],
      ["进展通知", one.notify],
    ]),
  };
};

const itemWordsOf = (told, { answer, proof }) => {
  const { signature } = answer;
  return {
    iso: wholeSeconds(answer.at),
    at: minuteOf(answer.at),
    kind: KNOWN_ANSWERS[answer.kind],
    state: answer.kind === "status" ? KNOWN_CASES[answer.state] : "",
    outcome: answer.outcome && KNOWN_OUTCOMES[answer.outcome],
    reason: answer.reason,
    text: answer.text,
    sound: proof === "sound",
    false: proof === "false",
    unknown: proof === "unknown",
    unsigned: proof === "unsigned",
    office: signature ? nameOfOffice(told, signature.office, signature.office) : "",
    signed: signature ? signedText(answer, told.number, told.notice) : "",
  };
};

// Where a case stands by what counts of its answers; a withdrawal waits until the office says something.
const standingOf = ({ told, answers, sent }) => {
  const items = proved(told, answers);
  const counted = items.filter(({ proof }) => proof !== "false").map(({ answer }) => answer);
  const last = counted[counted.length - 1] || { state: "received", outcome: "", due: "" };
  const open = KNOWN_CASES_OPEN.includes(last.state);
  const [question] = open ? counted.filter(({ kind }) => kind === "question").slice(-1) : [];
  const office = counted.map((answer) => answer.office).filter(Boolean).pop() || told.office;
  const said = counted.length ? microseconds(last.at) : -Infinity;
  const withdrawing = open && sent.some(({ message, kind, at }) =>
    message && kind === "withdrawal" && microseconds(at) > said);
  return { items, last, open, withdrawing, question, office };
};

// `kind` is that of a message that was sent a moment ago.
const caseWordsOf = (opened, kind = "") => {
  const { told, looks, sent, cut } = opened;
  const { items, last, open, withdrawing, question: asked, office } = standingOf(opened);
  const leaving = kind === "withdrawal" || withdrawing;
  const question = leaving ? undefined : asked;
  return {
    open: open && !leaving,
    leaving,
    state: leaving ? KNOWN_SAY.withdrawing : KNOWN_CASES[last.state],
    outcome: leaving ? "" : last.outcome && KNOWN_OUTCOMES[last.outcome],
    due: open && last.due ? dayOf(last.due) : "",
    due_on: open ? last.due : "",
    handler: nameOfOffice(told, office, told.main),
    question: question ? question.text : "",
    question_at: question ? minuteOf(question.at) : "",
    unasked: !question,
    sent: kind && KNOWN_MESSAGES[kind],
    items: items.map((item) => itemWordsOf(told, item)).reverse(),
    unanswered: !items.length,
    own: sent.map(ownWordsOf),
    looks: looks.map((look) => ({ iso: wholeSeconds(look.at), at: minuteOf(look.at), act: KNOWN_ACTS[look.act], by: look.by })),
    unseen: !looks.length,
    cut,
  };
};
