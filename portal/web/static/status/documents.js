// What stands in a letter, each field checked as portal/domain/exchange.py does. Needs letters.js.
const TEXT_MOST = 20000;
const LIST_MOST = 1000;
const SHORT = 200;
// As Python writes a moment; it would read others too, which nobody writes.
const MOMENT = /^(?!.*(?:\.0{6}|-00:00))[0-9]{4}-[0-9]{2}-[0-9]{2}T[012][0-9]:[0-9]{2}:[0-9]{2}(?:\.[0-9]{6})?[+-][0-9]{2}:[0-9]{2}$/;
const isDay = (value) => {
  const found = new Date(`${value}T00:00:00Z`);
  return /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(value) && !Number.isNaN(found.getTime())
    && value > "0001" && found.toISOString().slice(0, 10) === value;
};
const half = /[\ud800-\udbff](?![\udc00-\udfff])|(?:[^\ud800-\udbff]|^)[\udc00-\udfff]/;
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

const textIn = (data, key, most = SHORT) => {
  const value = data[key] === undefined ? "" : data[key];
  if (typeof value !== "string" || [...value].length > most || value.includes("\0") || half.test(value)) broken(key);
  return value;
};
const momentIn = (data, key) => {
  const value = textIn(data, key, 40);
  if (!MOMENT.test(value) || !isDay(value.slice(0, 10)) || Number.isNaN(Date.parse(value))) broken(key);
  return value.slice(11, 13) > "23" || ["0001", "9999"].includes(value.slice(0, 4)) ? broken(key) : value;
};
const dayIn = (data, key) => {
  if (data[key] === undefined || data[key] === null) return "";
  const value = textIn(data, key, 10);
  return isDay(value) ? value : broken(key);
};
const wholeIn = (data, key) => {
  const value = data[key];
  return Number.isInteger(value) && value >= 0 && value <= 2 ** 53 ? value : broken(key);
};
const oneIn = (data, key, known) => {
  const value = textIn(data, key);
  return Object.keys(known).includes(value) ? value : broken(key);
};
const flagIn = (data, key) => {
  const value = data[key] === undefined ? false : data[key];
  return typeof value === "boolean" ? value : broken(key);
};
const listIn = (data, key, most = LIST_MOST) => {
  const value = data[key] === undefined ? [] : data[key];
  return Array.isArray(value) && value.length <= most ? value : broken(key);
};
const objectsIn = (data, key) => listIn(data, key).map((one) => (isObject(one) ? one : broken(key)));

const contentOfDocument = (bytes, format, bound) => {
  const document = JSON.parse(strict.decode(bytes || broken("document")));
  if (!isObject(document) || document.format !== format || document.bound !== bound) broken("document");
  return isObject(document.content) ? document.content : broken("document");
};

const readAnswer = (bytes, bound) => {
  const data = contentOfDocument(bytes, "portal-answer/1", bound);
  const given = data.signature;
  if (given !== undefined && given !== null && !isObject(given)) broken("signature");
  return {
    seq: wholeIn(data, "seq"),
    at: momentIn(data, "at"),
    kind: oneIn(data, "kind", KNOWN_ANSWERS),
    state: oneIn(data, "state", KNOWN_CASES),
    text: textIn(data, "text", TEXT_MOST),
    reason: textIn(data, "reason"),
    outcome: data.outcome === undefined || data.outcome === null ? "" : oneIn(data, "outcome", KNOWN_OUTCOMES),
    office: textIn(data, "office"),
    signature: given ? { office: textIn(given, "office"), at: momentIn(given, "at"), value: textIn(given, "value") } : null,
    due: dayIn(data, "due"),
  };
};

const readLook = (bytes, bound) => {
  const data = contentOfDocument(bytes, "portal-look/1", bound);
  return { at: momentIn(data, "at"), act: oneIn(data, "act", KNOWN_ACTS), by: textIn(data, "by") };
};

const evidenceIn = (data) => objectsIn(data, "evidence").map((one) => {
  textIn(one, "member");
  textIn(one, "sha256", 64);
  if (!KNOWN_FILE_ROLES.includes(textIn(one, "role"))) broken("role");
  return { name: textIn(one, "name"), size: wholeIn(one, "size") };
});

const readOwnObjection = (bytes, bound) => {
  const data = contentOfDocument(bytes, "portal-objection/1", bound);
  const who = isObject(data.objector) ? data.objector : broken("objector");
  for (const key of ["number", "notice", "privacy"]) textIn(data, key);
  for (const key of ["concerns_office", "sensitive"]) flagIn(data, key);
  for (const key of ["credit_code", "address"]) textIn(who, key);
  wholeIn(data, "revision");
  return {
    message: false,
    at: momentIn(data, "received"),
    who: { kind: oneIn(who, "kind", KNOWN_KINDS), name: textIn(who, "name"), contact: textIn(who, "contact"), phone: textIn(who, "phone") },
    grounds: listIn(data, "grounds", Object.keys(KNOWN_GROUNDS).length).map((value) => oneIn({ value }, "value", KNOWN_GROUNDS)),
    text: textIn(data, "facts", TEXT_MOST),
    entries: objectsIn(data, "entries").map((one) => {
      for (const key of ["grade", "county", "employer"]) textIn(one, key);
      return { name: textIn(one, "name"), category: textIn(one, "category") };
    }),
    evidence: evidenceIn(data),
    whole: flagIn(data, "whole"),
    notify: textIn(data, "notify"),
  };
};

const readOwnMessage = (bytes, bound) => {
  const data = contentOfDocument(bytes, "portal-message/1", bound);
  if (data.answers !== undefined && data.answers !== null) wholeIn(data, "answers");
  return {
    message: true,
    at: momentIn(data, "sent"),
    kind: oneIn(data, "kind", KNOWN_MESSAGES),
    text: textIn(data, "text", TEXT_MOST),
    evidence: evidenceIn(data),
  };
};
