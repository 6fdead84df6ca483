// A later message, sealed in the page to the office that has the case. Needs words.js, typed.js, and of sealing
// archive.js, rules.js, screens.js and sending.js.
const givenIn = (form, kind) => ({
  kind,
  text: seen(form.elements.text.value).trim(),
  files: kind === "withdrawal" ? [] : [...form.elements.files.files],
  sure: form.elements.confirm.checked,
  trap: form.elements.homepage.value,
});

// As the server's rules for the same form; pairs of a control's id and what is wrong with it.
const messageFaults = (form, given, waiting) => {
  const found = [];
  const length = lengthOf(given.text);
  const withdrawal = given.kind === "withdrawal";
  if (given.trap) found.push(["homepage", KNOWN_SAY.trap]);
  if (waiting >= KNOWN_MESSAGES_LIMIT) found.push(["text", KNOWN_SAY.message_waiting]);
  else if (length > KNOWN_FACTS_LIMIT) found.push(["text", `说明最多${KNOWN_FACTS_LIMIT}字，现在是${length}字`]);
  else if (unreadable.test(given.text)) found.push(["text", "“说明”中有别的电脑上显示不出来的字，请换成标准字库中的字"]);
  if (withdrawal && !given.sure) found.push(["text", KNOWN_SAY.message_confirm]);
  if (!withdrawal && !given.text && !given.files.length) found.push(["text", KNOWN_SAY.message_empty]);
  const files = filesFault(form.elements.files, given.files, KNOWN_FILES_LIMIT);
  return files ? [...found, ["files", files]] : found;
};

const evidenceOf = async (files) => {
  const members = [];
  const evidence = [];
  for (const file of files) {
    const name = `files/${members.length + 1}.${extensionOf(nameOf(file))}`;
    let bytes;
    try {
      bytes = await file.arrayBuffer();
    } catch {
      throw new Refusal(`文件“${cleanName(file.name)}”读不出来，可能已经移动或者改动。请重新选择。`);
    }
    const digest = hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
    members.push({ name, blob: file });
    evidence.push({ member: name, name: nameOf(file), size: file.size, sha256: digest, role: "evidence" });
  }
  return { members, evidence };
};

// What is signed of a message, as portal/sealed/spoken.py has it.
const spokenText = (content, bound) => {
  const files = content.evidence.map(({ member, name, size, sha256, role }) => [member, name, size, sha256, role]);
  const said = [bound, content.kind, content.sent, content.answers, content.text, files];
  return `portal-signed-message/1\n${JSON.stringify(said)}\n`;
};

// The sealed envelope, ready to be sent.
const sealedMessage = async (opened, given, told) => {
  const { office, question } = standingOf(opened);
  const keys = opened.told.seals[office];
  const { members, evidence } = await evidenceOf(given.files);
  const header = {
    kind: "message", lookup: opened.lookup, notice: opened.told.notice, office, sealed: "page",
    id: hex(crypto.getRandomValues(new Uint8Array(8))), demonstration: opened.told.demonstration,
  };
  const content = {
    kind: given.kind,
    sent: `${new Date().toISOString().slice(0, 19)}+00:00`,
    text: given.text,
    answers: given.kind === "answer" && question ? question.seq : null,
    evidence,
  };
  const speaker = suiteOf(opened.told.reply).speaker(secretOf(opened.typed));
  const write = (bound) => {
    const signature = speaker.sign(utf8.encode(spokenText(content, bound)));
    return { format: "portal-message/1", bound, content: { ...content, signature } };
  };
  return parcelOf(await sealed(suiteOf(keys[0]), header, "message.json", write, members, keys, told));
};

const wordsSent = (opened, given) => [
  `${KNOWN_MESSAGES[given.kind]}（副本，只在我的设备上）`, `异议编号：${opened.told.number}`, "",
  given.text, ...given.files.map((file) => `文件：${nameOf(file)}（${sizeOf(file.size)}）`), "",
].join("\r\n");

// Why a message did not go: before it was `kept`, sealed, the line had no part in it.
const whyUnsent = (error, kept) => {
  if (error instanceof Refusal) return error.message;
  if (!kept) return "这个浏览器在加密时出错，什么都没有发送。请再次发送；仍然不行的，换一个浏览器，或者打电话向受理单位说明。";
  if (error instanceof Stale) return "浏览器没有接受 Cookie。请允许本网站的 Cookie，再次发送。";
  return "已经在您的设备上加密，没有连上服务器，或者服务器的回答没有取全。请检查网络，再次发送；不会重复提交。";
};
