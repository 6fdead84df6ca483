// A page that came from the server as data is taken in only as our templates write it: whoever answers
// there, nothing in it loads, runs, styles, or takes opened words to where they would be sent. What a
// verified page says of itself holds then for what it shows too. Needs nothing.
const OUR_ELEMENTS = new Set(("a aside br button dd details div dl dt em fieldset form h1 h2 h3 header hr input label legend"
  + " li main nav ol p pre section small span strong summary template textarea time ul").split(" "));
const OUR_TRAITS = new RegExp("^(?:accept|action|aria-[a-z]+|autocomplete|checked|class|data-[a-z-]+|datetime|download|enctype"
  + "|for|hidden|href|id|inputmode|maxlength|method|multiple|name|novalidate|reversed|role|rows|tabindex|type|value)$");
const OUR_PLACE = /^(?:\/(?!\/)[\w./?=&#%~+,:@-]*|#[\w.-]*|)$/;

const isOurs = (name, value) => OUR_TRAITS.test(name)
  && (!["action", "href"].includes(name) || OUR_PLACE.test(value))
  && (name !== "data-set" || /^(?:data-save|datetime)=/.test(value));

const screened = (part) => {
  for (const one of [part, ...part.querySelectorAll("*")]) {
    const traits = Element.prototype.getAttributeNames.call(one).map((name) => [name, Element.prototype.getAttribute.call(one, name)]);
    if (!OUR_ELEMENTS.has(one.localName) || !traits.every((trait) => isOurs(...trait))) throw new Error("not a page of ours");
    if (one.localName === "template") [...one.content.children].forEach(screened);
  }
  return part;
};
