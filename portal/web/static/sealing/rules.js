// What is wrong with the form, in the server's own numbers and words; the desk checks once more.
// Needs filetypes.js of the form.
const unseen = new RegExp(KNOWN_UNSEEN, "gu");
const unreadable = /[\p{Co}\p{Cs}\ufffc\ufffd]|锟斤拷/u;
const seen = (text) =>
  text.replace(/\r\n?/g, "\n").replace(/[\u2028\u2029\u0085\v\f]/g, "\n").replace(unseen, "")
    .replace(/[\u00a0\u1680\u2000-\u200a\u202f\u205f]/g, " ").normalize("NFC");
const oneLine = (text) => seen(text).trim().replace(/\s+/g, " ");
const halfWidth = (text) => oneLine(text.normalize("NFKC"));
const tidyPhone = (typed) => {
  let text = halfWidth(typed);
  for (const [pattern, instead] of KNOWN_PHONE_STEPS) text = text.replace(new RegExp(pattern, "gu"), instead);
  text = text.replace(/^[ -]+|[ -]+$/g, "");
  const mobile = text.match(new RegExp(`^(?:${KNOWN_MOBILE})$`));
  return mobile ? mobile[1].replace(/[ -]/g, "") : text;
};
const tidyContact = (typed) => (halfWidth(typed).includes("@") ? halfWidth(typed) : tidyPhone(typed));
const lengthOf = (text) => [...text].length;

const isCreditCode = (code) => {
  const values = [...code].map((one) => KNOWN_CREDIT_ALPHABET.indexOf(one));
  if (values.length !== 18 || values.includes(-1)) return false;
  let weight = 1;
  let total = 0;
  for (const value of values.slice(0, 17)) {
    total += value * weight;
    weight = (weight * 3) % 31;
  }
  return (31 - (total % 31)) % 31 === values[17];
};

const checkedValues = (form, name) =>
  [...form.querySelectorAll(`input[name="${name}"]:checked`)].map((box) => box.value);

// What stands in the form, tidied as the server would.
const answersOf = (form) => {
  const text = (name, tidy = oneLine) => tidy(form.elements[name].value);
  const [kind] = checkedValues(form, "kind");
  const own = Boolean(form.elements.concerns_office && form.elements.concerns_office.checked);
  return {
    kind,
    own,
    entries: checkedValues(form, "entries"),
    grounds: checkedValues(form, "grounds"),
    name: text("name"),
    phone: text("phone", tidyPhone),
    address: text("address"),
    unit: text("unit"),
    credit_code: text("credit_code", (typed) => halfWidth(typed).toUpperCase().replaceAll(" ", "")),
    contact: text("contact"),
    unit_phone: text("unit_phone", tidyPhone),
    facts: text("facts", (typed) => seen(typed).trim()),
    notify: form.elements.notify ? text("notify", tidyContact) : "",
    sensitive: form.elements.sensitive.checked,
    privacy: form.elements.privacy.value,
    trap: form.elements.homepage.value,
    scan: kind === "unit" ? [...form.elements.scan.files].slice(-1) : [],
    files: [...form.elements.files.files],
  };
};

// Pairs of a control's id and what is wrong with it, in the order of the page.
const faultsOf = (form, given) => {
  const found = [];
  const say = (id, message) => { if (message) found.push([id, message]); };
  const label = (id) => form.querySelector(`label[for="${id}"]`).firstChild.textContent.trim();
  const needed = (id, message, limit) => {
    if (!given[id]) say(id, message);
    else if (lengthOf(given[id]) > limit) say(id, `“${label(id)}”最多${limit}字`);
    else if (unreadable.test(given[id])) say(id, `“${label(id)}”中有别的电脑上显示不出来的字，请换成标准字库中的字`);
  };
  const phone = (id) => {
    if (!given[id]) say(id, KNOWN_SAY.phone);
    else if (!new RegExp(`^(?:${KNOWN_PHONE})$`).test(given[id])) say(id, KNOWN_SAY.phone_form);
  };
  say("homepage", given.trap && KNOWN_SAY.trap);
  if (!given.entries.length) say("entries-0", KNOWN_SAY.entries);
  else if (given.entries.filter((value) => value !== KNOWN_WHOLE_LIST).length > KNOWN_ENTRIES_LIMIT) {
    say("entries-0", `一次最多选择${KNOWN_ENTRIES_LIMIT}个条目，其余的请另行提出`);
  }
  say("grounds-0", !given.grounds.length && KNOWN_SAY.grounds);
  say("kind-0", !given.kind && KNOWN_SAY.kind);
  if (given.kind === "person") {
    needed("name", KNOWN_SAY.name, KNOWN_NAME_LIMIT);
    phone("phone");
    needed("address", "", KNOWN_ADDRESS_LIMIT);
  } else if (given.kind === "unit") {
    needed("unit", KNOWN_SAY.unit, KNOWN_NAME_LIMIT);
    say("credit_code", !given.credit_code ? KNOWN_SAY.credit : !isCreditCode(given.credit_code) && KNOWN_SAY.credit_form);
    needed("contact", KNOWN_SAY.contact, KNOWN_NAME_LIMIT);
    phone("unit_phone");
    say("scan", given.scan.length ? filesFault(form.elements.scan, given.scan, 1) : KNOWN_SAY.scan);
  }
  const length = lengthOf(given.facts);
  if (!length) say("facts", KNOWN_SAY.facts);
  else if (length < KNOWN_SHORTEST_FACTS) say("facts", KNOWN_SAY.facts_short);
  else if (length > KNOWN_FACTS_LIMIT) {
    say("facts", `事实和说明最多${KNOWN_FACTS_LIMIT}字，现在是${length}字，请删减，或者作为证据文件上传`);
  } else needed("facts", "", KNOWN_FACTS_LIMIT);
  say("files", filesFault(form.elements.files, given.files, KNOWN_FILES_LIMIT));
  const ways = { mail: KNOWN_EMAIL, sms: KNOWN_MOBILE_NUMBER };
  const told = (form.dataset.tells || "").split(" ").some((way) => new RegExp(`^(?:${ways[way]})$`).test(given.notify));
  say("notify", given.notify && !told && KNOWN_SAY.notify);
  return found;
};
