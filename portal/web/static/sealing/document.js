// What is sealed: the document of what stands in the form, as docs/objection-protocol.md has it.
// Needs nothing.
const objectorOf = (given) => {
  const unit = given.kind === "unit";
  const known = given.kind !== "anonymous";
  return {
    kind: given.kind,
    name: known ? given[unit ? "unit" : "name"] : "",
    credit_code: unit ? given.credit_code : "",
    contact: unit ? given.contact : "",
    phone: known ? given[unit ? "unit_phone" : "phone"] : "",
    address: given.kind === "person" ? given.address : "",
  };
};

const contentOf = (settings, given, evidence, now) => ({
  number: "",
  notice: settings.notice,
  revision: settings.revision,
  received: `${now.toISOString().slice(0, 19)}+00:00`,
  objector: objectorOf(given),
  grounds: given.grounds,
  facts: given.facts,
  privacy: given.privacy,
  entries: given.entries.filter((value) => value !== KNOWN_WHOLE_LIST).map((value) => settings.entries[value]),
  whole: given.entries.includes(KNOWN_WHOLE_LIST),
  evidence,
  concerns_office: given.own,
  sensitive: given.sensitive,
  notify: given.notify,
});
