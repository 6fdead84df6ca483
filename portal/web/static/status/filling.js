// Sets words into the holes that the server left in the page (intake/_fill.html). Needs nothing.
const holds = (value) => (Array.isArray(value) ? value.length > 0 : Boolean(value));

const filled = (root, words) => {
  const word = (name) => {
    if (!(name in words)) throw new Error(`no word for ${name}`);
    return words[name];
  };
  for (const hole of [...root.querySelectorAll("template")]) {
    const { put, when, each } = hole.dataset;
    const copy = (given) => filled(document.importNode(hole.content, true), given);
    if (put) hole.replaceWith(word(put));
    else if (when) hole.replaceWith(...(holds(word(when)) ? [copy(words)] : []));
    else if (each) hole.replaceWith(...word(each).map(copy));
  }
  for (const node of [...root.querySelectorAll("[data-set]")]) {
    const [name, from] = node.dataset.set.split("=");
    node.removeAttribute("data-set");
    node.setAttribute(name, word(from));
  }
  return root;
};

// The server's calendar entry of a sample day, on another day.
const calendarOf = (told, day) => {
  const next = new Date(Date.parse(`${day}T00:00:00Z`) + 24 * 3600 * 1000).toISOString().slice(0, 10);
  const compact = (one) => one.split("-").join("");
  return told.calendar.split("2000-01-01").join(day).split("20000101").join(compact(day))
    .split("20000102").join(compact(next));
};
