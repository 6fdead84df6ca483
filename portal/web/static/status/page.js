// The look-up page opens the answers itself: it sends what names the case, never the code nor
// anything that was opened. Without this script, or in a browser that cannot, the code goes to the
// server, and the page says which of the two happens. Needs all other parts.
(() => {
  const asked = () => document.querySelector("form[data-asking]");
  if (!asked()) return;
  const home = location.pathname;
  const loader = asked().dataset;
  let age = null;
  let inPage = true;

  const say = (way) => {
    inPage = way === "page";
    for (const one of document.querySelectorAll("[data-way]")) one.hidden = one.dataset.way !== way;
  };

  const loadAge = () => {
    const wanted = [[loader.age, loader.ageDigest], ...(loader.sm ? [[loader.sm, loader.smDigest]] : [])];
    age = age || Promise.all(wanted.map((one) => loadScript(...one))).then(
      () => Promise.all(SUITES().map((suite) => suite.reply(new Uint8Array(15)))).catch(() => { throw new Unable(); }),
      () => {
        age = null;
        throw new Error("the line failed");
      },
    );
    return age;
  };

  const send = async (address, form, fields) => {
    const body = new URLSearchParams(fields);
    const token = form.elements.csrf_token;
    const answer = await fetch(address, { method: "POST", body, headers: { "X-CSRFToken": token ? token.value : "" } });
    if (!/json/.test(answer.headers.get("Content-Type"))) return answer;
    const values = await answer.json();
    if (values.error === "stale") throw new Stale(values.csrf);
    if (values.error) throw new Error(values.error);
    return values;
  };

  // Each reply key that may be the code's, opened by its own challenge.
  const knownOf = async (form, secret) => {
    const known = [];
    for (const suite of SUITES()) known.push({ suite, ...await suite.reply(secret) });
    const fields = known.map(({ recipient }) => ["reply", recipient]);
    const { at, sealed } = await send(loader.challenge, form, fields);
    for (const [place, one] of known.entries()) {
      one.proof = strict.decode(await one.suite.open(fromBase64(sealed[place]), one.identity));
      fields.push(["proof", one.proof]);
    }
    fields.push(["at", String(at)], ["lookup", hex(derive(secret, "lookup", 16))]);
    return { known, fields };
  };

  // Scripts of the page that bind to what stands in it run anew on what was set in.
  const again = () => {
    for (const old of document.querySelectorAll("script[src]")) {
      if (!/\/(forms|intake)\.[0-9a-f]+\.js$/.test(old.src)) continue;
      const script = document.createElement("script");
      script.integrity = old.integrity;
      script.src = old.src;
      old.replaceWith(script);
    }
  };

  const turn = (page) => {
    document.title = page.title;
    for (const place of ["main", ".place nav", ".demo-bar"]) {
      const [old, fresh] = [document.querySelector(place), page.querySelector(place)];
      if (old && fresh) old.replaceWith(document.adoptNode(fresh));
      else if (fresh) document.querySelector("header").after(document.adoptNode(fresh));
      else if (old) old.remove();
    }
    scrollTo(0, 0);
    again();
  };
  const parsed = (text) => new DOMParser().parseFromString(text, "text/html");

  const saveable = (told) => {
    for (const link of document.querySelectorAll("[data-save]")) {
      const text = link.dataset.save;
      const day = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text);
      const kind = day ? "text/calendar" : "text/plain";
      link.href = URL.createObjectURL(new Blob([day ? calendarOf(told, text) : text], { type: `${kind};charset=utf-8` }));
      link.download = day ? "answer-day.ics" : `${told.number}-${signedOn(text)}.txt`;
      link.removeAttribute("data-save");
    }
  };

  const show = (text, typed) => {
    turn(parsed(text));
    if (!asked()) return;
    listen();
    say("page");
    asked().elements.code.value = typed;
  };

  // A later message goes to the server as without script: it needs the code, from the moment it is sent.
  const lend = (code) => {
    const field = document.querySelector("main input[name=code]");
    if (field) field.form.addEventListener("submit", () => { field.value = code; });
  };

  const showCase = (opened, typed) => {
    const page = parsed(opened.told.page);
    filled(page.querySelector("main"), caseWordsOf(opened));
    history.pushState({ opened: true }, "", home);
    turn(page);
    saveable(opened.told);
    lend(typed);
    const heading = document.querySelector("main h1");
    heading.tabIndex = -1;
    heading.focus();
  };

  const look = async (form, typed) => {
    const secret = secretOf(typed);
    await loadAge();
    const { known, fields } = secret ? await knownOf(form, secret)
      : { fields: [["typed", isNumber(typed) ? "number" : "nothing"]] };
    const answer = await send(loader.asking, form, fields);
    if (/html/.test(answer.headers.get("Content-Type"))) return show(await answer.text(), typed);
    const stream = readStream(new Uint8Array(await answer.arrayBuffer()));
    const mine = known.find(({ recipient }) => recipient === stream.told.reply);
    return showCase(await openedCase(stream, mine), typed);
  };

  const fail = (form, why) => {
    const old = document.querySelector(".error-summary");
    if (old) old.remove();
    const told = document.importNode(document.querySelector(`[data-failed=${why}]`).content, true);
    form.closest(".intake").prepend(told);
    document.querySelector(".error-summary").focus();
  };

  const act = async (form) => {
    const typed = form.elements.code.value;
    const busy = form.querySelector("[data-busy]");
    busy.textContent = "正在查询";
    for (let tries = 0; ; tries += 1) {
      try {
        await look(form, typed);
        return;
      } catch (error) {
        if (error instanceof Stale && form.elements.csrf_token && !tries) {
          form.elements.csrf_token.value = error.csrf;
          continue;
        }
        busy.textContent = "";
        if (error instanceof Unable) say("unable");
        else fail(form, error instanceof Stale ? "cookie" : "line");
        return;
      }
    }
  };

  let busy = false;
  function listen() {
    const form = asked();
    form.addEventListener("submit", (event) => {
      if (!inPage) return;
      event.preventDefault();
      if (busy) return;
      busy = true;
      act(form).then(() => { busy = false; });
    });
  }

  const able = window.isSecureContext && window.crypto && crypto.subtle && window.ReadableStream
    && window.TransformStream && window.BigInt && window.fetch && window.DOMParser;
  if (!able) {
    say("unable");
    return;
  }
  say("page");
  listen();
  addEventListener("popstate", () => { if (!asked()) location.replace(home); });
  addEventListener("load", () => loadAge().catch((error) => { if (error instanceof Unable) say("unable"); }));
})();
