// The look-up page opens the answers itself: it sends what names the case, never the code nor
// anything that was opened. Without this script, or in a browser that cannot, the code goes to the
// server, and the page says which of the two happens. Needs all other parts.
(() => {
  const asked = () => document.querySelector("form[data-asking]");
  if (!asked()) return;
  let inPage = true;
  let asking = null; // what a press on 查询 does
  // Before anything that may fail: whatever becomes of this script, and whatever a control of the form
  // is called, no code goes to the server until this script has said that the server opens.
  document.addEventListener("submit", (event) => {
    if (event.target !== asked() || !inPage) return;
    event.preventDefault();
    if (asking) asking(event.target);
    else alert("网页的程序出错，没有查询，查询码没有发给服务器。请重新打开本页，再试一次。");
  }, true);
  const home = location.pathname;
  const loader = asked().dataset;
  let age = null;

  const say = (way) => {
    for (const one of document.querySelectorAll("[data-way]")) one.hidden = one.dataset.way !== way;
    inPage = way === "page";
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

  // Once more with a fresh token where the page's is no longer good.
  const renewed = async (form, what) => {
    try {
      await what();
    } catch (error) {
      if (!(error instanceof Stale) || !form.elements.csrf_token) throw error;
      form.elements.csrf_token.value = error.csrf;
      await what();
    }
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

  // Scripts of the page's own head that bind to what stands in it run anew on what was set in.
  const again = () => {
    for (const old of document.head.querySelectorAll("script[src]")) {
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
      if (fresh) screened(fresh);
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
      const signed = text.startsWith("异议答复 ");
      const day = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text);
      const kind = day ? "text/calendar" : "text/plain";
      link.href = URL.createObjectURL(new Blob([day ? calendarOf(told, text) : text], { type: `${kind};charset=utf-8` }));
      link.download = day ? "answer-day.ics" : `${told.number}-${signed ? signedOn(text) : "补充"}.txt`;
      link.removeAttribute("data-save");
    }
  };

  const show = (text, typed) => {
    turn(parsed(text));
    if (!asked()) return;
    say("page");
    asked().elements.code.value = typed;
  };

  // Where the office has no keys here the message goes to the server as without script, which needs
  // the code then, from the moment it is sent.
  const lend = (form, code) => {
    for (const one of form.querySelectorAll("[data-sends]")) one.hidden = one.dataset.sends !== "server";
    form.addEventListener("submit", () => { form.elements.code.value = code; });
  };

  const provedFor = async (form, opened) => {
    const { fields } = await knownOf(form, secretOf(opened.typed));
    const value = (name) => fields.filter(([one]) => one === name).map(([, found]) => found);
    const place = value("reply").indexOf(opened.told.reply);
    return {
      "Content-Type": "application/octet-stream",
      "X-CSRFToken": form.elements.csrf_token ? form.elements.csrf_token.value : "",
      "X-Lookup": opened.lookup,
      "X-Reply": opened.told.reply,
      "X-Proof": value("proof")[place],
      "X-At": value("at")[0],
    };
  };
  const carryMessage = async (form, opened, kept, told) => {
    const addresses = { send: loader.message, pieces: loader.pieces };
    const { status, values } = await carry(addresses, () => provedFor(form, opened), kept, told);
    if (values.error === "stale") throw new Stale(values.csrf);
    if (!values.received) throw new Refusal(`${values.message || `服务器现在没有接收（${status}）。`}请过一会儿再次发送。`);
  };

  // Takes over the form: checks, seals, sends; what was sealed is sent again as it is.
  const speak = (form, opened) => {
    const place = make("div", { "data-told": true });
    const buttons = form.querySelectorAll("button[name=action]");
    let pressed = buttons[0];
    let busy = false;
    let kept = null;
    const send = async (given) => {
      busy = true;
      pressed.closest(".actions").after(place);
      const told = showProgress(place);
      try {
        kept = kept || await sealedMessage(opened, given, (done, all) => told("正在您的设备上加密", done, all));
        await renewed(form, () => carryMessage(form, opened, kept, (done, all, waiting) =>
          told(waiting ? "网络不稳，等一会儿接着发送" : "已经加密，正在发送", done, all)));
      } catch (error) {
        const why = whyUnsent(error, kept);
        const summary = make("div", { class: "error-summary", role: "alert", tabindex: "-1" },
          make("h2", {}, `${KNOWN_MESSAGES[given.kind]}：没有提交成功`), make("p", {}, why),
          why.includes(KEPT) ? "" : make("p", {}, "填写的文字和选择的文件还在本页，没有丢失，请不要关闭本页。"),
          make("p", { class: "actions" }, button("再次发送", "again", () => { if (!busy) send(given); })));
        place.replaceChildren(summary);
        summary.focus();
        busy = false;
        return;
      }
      await after(given);
      busy = false;
    };
    // The message is in; a look-up that fails now takes nothing of that back.
    const after = async (given) => {
      try {
        await renewed(form, () => look(form, opened.typed, given));
      } catch {
        form.after(place);
        form.hidden = true;
        const received = make("div", { class: "note note-warn", role: "alert", tabindex: "-1" },
          make("p", {}, make("strong", {}, "已经收到，不用再次提交。")),
          make("p", {}, "只是随后的查询没有成功，没有连上服务器。请稍后再查询一次。"),
          make("p", { class: "actions" }, button("再次查询", "again", () => after(given))));
        place.replaceChildren(received);
        received.focus();
      }
    };
    for (const one of buttons) one.addEventListener("click", () => { pressed = one; });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (busy) return;
      await lookInto(form.elements.files);
      const given = givenIn(form, pressed.value);
      const faults = messageFaults(form, given, opened.told.waiting);
      const paper = form.closest(".intake");
      forget(paper);
      kept = null;
      if (faults.length) showFaults(paper, form, faults);
      else send(given);
    });
  };

  const showCase = (opened, given) => {
    const page = parsed(opened.told.page);
    screened(page.querySelector("main")); // before any word is set in
    const words = caseWordsOf(opened, given && given.kind);
    filled(page.querySelector("main"), { ...words, sent_words: given ? wordsSent(opened, given) : "" });
    if (!given) history.pushState({ opened: true }, "", home);
    turn(page);
    saveable(opened.told);
    const form = document.querySelector("main form[enctype]");
    if (form && opened.told.seals[standingOf(opened).office]) speak(form, opened);
    else if (form) lend(form, opened.typed);
    const heading = document.querySelector("main h1");
    heading.tabIndex = -1;
    heading.focus();
  };

  const look = async (form, typed, given = null) => {
    const secret = secretOf(typed);
    await loadAge();
    const { known, fields } = secret ? await knownOf(form, secret)
      : { fields: [["typed", isNumber(typed) ? "number" : "nothing"]] };
    const answer = await send(loader.asking, form, fields);
    if (/html/.test(answer.headers.get("Content-Type"))) return show(await answer.text(), typed);
    const stream = readStream(new Uint8Array(await answer.arrayBuffer()));
    const mine = known.find(({ recipient }) => recipient === stream.told.reply);
    const lookup = hex(derive(secret, "lookup", 16));
    return showCase({ ...await openedCase(stream, mine), lookup, typed }, given);
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
    try {
      await renewed(form, () => look(form, typed));
    } catch (error) {
      busy.textContent = "";
      if (error instanceof Unable) say("unable");
      else fail(form, error instanceof Stale ? "cookie" : "line");
    }
  };

  const able = window.isSecureContext && window.crypto && crypto.subtle && window.ReadableStream
    && window.TransformStream && Blob.prototype.arrayBuffer && window.BigInt && window.fetch && window.DOMParser;
  if (!able) {
    say("unable");
    return;
  }
  say("page");
  let busy = false;
  asking = (form) => {
    if (busy) return;
    busy = true;
    act(form).then(() => { busy = false; });
  };
  addEventListener("popstate", () => { if (!asked()) location.replace(home); });
  addEventListener("load", () => loadAge().catch((error) => { if (error instanceof Unable) say("unable"); }));
})();
