// What the reader sees in place of the form: what to check, how far it is, the receipt.
// Needs filetypes.js of the form.
const make = (tag, traits, ...parts) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(traits)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...parts.filter((part) => part !== ""));
  return node;
};

const button = (text, value, act, quiet = false) =>
  make("button", { type: "button", class: `button${quiet ? " button-quiet" : ""}`, name: "action", value, click: act }, text);

const pairs = (rows) => make("dl", { class: "answers" },
  ...rows.map(([question, answer, traits = {}]) =>
    make("div", {}, make("dt", {}, question), make("dd", traits, answer || "未填写"))));

const note = (kind, ...parts) => make("div", { class: `note note-${kind}`, role: "note" }, ...parts);

// Errors as the server's page shows them: a summary that takes the focus, each beside its control.
const forget = (paper) => {
  for (const old of paper.querySelectorAll(".error-summary, .error-message, .field > .mended")) old.remove();
  for (const field of paper.querySelectorAll(".field-error")) field.classList.remove("field-error");
  for (const control of paper.querySelectorAll("[aria-invalid]")) {
    control.removeAttribute("aria-invalid");
    const left = (control.getAttribute("aria-describedby") || "").split(" ").filter((id) => !id.endsWith("-error"));
    if (left.join("")) control.setAttribute("aria-describedby", left.join(" "));
    else control.removeAttribute("aria-describedby");
  }
};

const mark = (form, id, message) => {
  const control = form.querySelector(`#${id}`);
  const field = control.closest(".field");
  if (!field) return;
  const target = `${control.name}-error`;
  const many = control.name === "kind" || id.endsWith("-0");
  field.classList.add("field-error");
  const before = field.querySelector(":scope > .hint:not(.counter)") || field.querySelector(":scope > label, :scope > legend");
  const told = make("p", { class: "error-message", id: target }, make("span", { class: "unseen" }, "错误："), message);
  if (before) before.after(told);
  else field.prepend(told);
  for (const one of many ? field.querySelectorAll("input") : [control]) {
    one.setAttribute("aria-invalid", "true");
    one.setAttribute("aria-describedby", `${one.getAttribute("aria-describedby") || ""} ${target}`.trim());
  }
};

const showFaults = (paper, form, faults) => {
  forget(paper);
  for (const [id, message] of faults) mark(form, id, message);
  const links = faults.map(([id, message]) => make("li", {}, make("a", { href: `#${id}` }, message)));
  const summary = make("div", {
    class: "error-summary", role: "alert", tabindex: "-1", "aria-labelledby": "error-summary-title",
  }, make("h2", { id: "error-summary-title" }, "请更正下面的问题"), make("ul", {}, ...links));
  paper.prepend(summary);
  summary.focus();
};

// What is right by now is said to be so where it stood: nothing moves under a press that comes next.
const MENDED = "已更正";
const showMended = (paper, form, faults) => {
  const summary = paper.querySelector(".error-summary");
  if (!summary) return;
  const wrong = new Map(faults);
  for (const link of summary.querySelectorAll("li a")) {
    const id = link.getAttribute("href").slice(1);
    const control = form.querySelector(`#${id}`);
    const told = control && form.querySelector(`#${control.name}-error`);
    if (!told) continue;
    const field = control.closest(".field");
    const message = wrong.get(id) || "";
    told.style.minHeight = told.style.minHeight || `${told.offsetHeight}px`;
    told.className = message ? "error-message" : "hint mended";
    told.lastChild.textContent = message || MENDED;
    told.firstChild.textContent = message ? "错误：" : "";
    if (message) link.textContent = message;
    link.className = message ? "" : "mended";
    field.classList.toggle("field-error", Boolean(message));
    for (const one of field.querySelectorAll(`[aria-describedby*="${told.id}"]`)) one.setAttribute("aria-invalid", String(Boolean(message)));
  }
  summary.querySelector("h2").textContent = wrong.size ? "请更正下面的问题" : `都${MENDED}，请再次核对`;
};

const labelOf = (form, box) => form.querySelector(`label[for="${box.id}"]`).textContent.trim();
const chosen = (form, name) =>
  [...form.querySelectorAll(`input[name="${name}"]:checked`)].map((box) => labelOf(form, box)).join("；");

const rowsOf = (form, given, office) => {
  const file = (one) => `${nameOf(one)}（${sizeOf(one.size)}）`;
  const rows = [["受理单位", office], ["有异议的条目", chosen(form, "entries")], ["提出身份", KNOWN_KINDS[given.kind]]];
  if (given.kind === "person") {
    rows.push(["姓名", given.name], ["联系电话", given.phone], ["地址", given.address]);
  } else if (given.kind === "unit") {
    rows.push(["单位名称", given.unit], ["统一社会信用代码", given.credit_code], ["联系人", given.contact],
      ["联系人电话", given.unit_phone], ["盖章扫描件", given.scan.map(file).join("；")]);
  }
  rows.push(["理由", chosen(form, "grounds")], ["证据文件", given.files.map(file).join("；") || "没有上传"],
    ["敏感个人信息", given.sensitive ? "含有，确有必要提交" : "不含"],
    ["受理回避", given.own ? "请上一级处理" : "不需要"]);
  if (given.notify) rows.push(["进展通知", given.notify]);
  rows.push(["事实和说明", given.facts]);
  return rows;
};

const checkScreen = (lead, deadline, rows, send, change) => {
  const state = make("div", { "data-told": true });
  const actions = make("p", { class: "actions" }, button("确认提交", "send", send), " ", button("返回修改", "change", change, true));
  return [
    make("h1", { tabindex: "-1" }, "核对后提交"), lead,
    make("p", {}, make("strong", {}, "还没有提交。"), `请核对以下内容。${deadline}`),
    pairs(rows),
    make("p", { class: "hint" }, "按“确认提交”以后，内容先在您的设备上加密，再发送；您自己也不能再修改，但是可以凭查询码补充或者撤回。请不要故意捏造事实。"),
    state, actions,
  ];
};

const showProgress = (place) => {
  const words = make("p", { role: "status" }, "正在您的设备上加密");
  const bar = make("progress", { max: "100", value: "0", "aria-label": "进度" });
  place.replaceChildren(words, bar);
  return (phase, done, all) => {
    if (words.dataset.phase !== phase) {
      words.dataset.phase = phase;
      words.textContent = all > 2 * PIECE ? `${phase}，共${sizeOf(all)}` : phase;
    }
    bar.value = all ? Math.floor((done * 100) / all) : 0;
  };
};

const copying = (node, what) => async () => {
  try {
    await navigator.clipboard.writeText(what);
    node.textContent = "已复制";
  } catch {
    node.textContent = "没能复制，请抄下来";
  }
};

const receiptScreen = (title, status, signers, sent, sound) => {
  const { code, number, received, signed, repeated } = sent;
  const copy = button("复制", "copy", () => copying(copy, code)(), true);
  const parts = [
    make("h1", { tabindex: "-1" }, "异议已经收到"),
    repeated ? note("info", make("p", {}, "这份异议先前已经送达，没有重复提交，下面是同一份回执。")) : "",
    note("warn", make("p", {}, make("strong", {}, "请现在就记下查询码。")),
      make("p", {}, "查询码是在您的设备上生成的，只显示这一次，没有发送给服务器，丢失后无法找回。凭它可以查看办理情况、回答询问、补充材料、撤回异议。请不要告诉别人。")),
    make("div", { class: "receipt" }, make("p", { class: "receipt-title" }, "查询码"),
      make("p", { class: "receipt-code", id: "receipt-code" }, code),
      make("p", { class: "no-print" }, copy, " ", button("打印本页", "print", () => print(), true))),
    pairs([["异议编号", number, { class: "num" }], ["公告", title],
      ["收到时间", received.replace("T", " ").slice(0, 19), { class: "num" }]]),
    make("p", {}, "异议编号可以在电话里说，不能用来查询内容。"),
    make("h2", {}, "怎样查询"),
    make("p", {}, "打开", make("a", { href: status }, "“查询异议办理”"), "，输入查询码。大小写、空格和连字符都不影响。"),
    make("p", { class: "print-only" }, `查询的网址：${location.origin}${status}`),
  ];
  if (!sound) parts.push(note("warn", make("p", {}, "回执与您的设备发出的内容不一致，请保存本页，并用其他渠道向受理单位核实。")));
  const checking = [make("h2", {}, "以后怎样核对"),
    make("p", {}, "回执由本网站签名，受理单位的答复由它自己签名。下面是签名公钥的指纹（SHA-256），请与本页一起保存；公钥也登记在本网站签名的发布台账里，可以打电话核对。"),
    pairs(signers.map(([name, print]) => [name, print, { class: "num" }]))];
  if (!signed) return [...parts, ...checking];
  const file = URL.createObjectURL(new Blob([signed], { type: "text/plain" }));
  return [...parts, make("h2", {}, "回执"),
    make("p", {}, "下面的文字带有本网站的电子签名，证明服务器在这个时间收到了这份密封的异议，其中不含您填写的任何内容。您的设备已经核对过：回执上的校验值就是它发出的那份信封。需要时可以用来核对。"),
    make("pre", { class: "signed", tabindex: "0" }, signed),
    make("p", { class: "actions no-print" }, make("a", { class: "button button-quiet", href: file, download: `${number}.txt` }, "下载回执")),
    ...checking];
};
