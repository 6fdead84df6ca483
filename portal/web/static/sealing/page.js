// The form seals what is typed before anything is sent. Without this script, or in a browser that
// cannot, the form goes to the server as it is, and the page says which of the two happens.
// Needs all other parts.
(() => {
  const form = document.querySelector("form[data-sealing]");
  if (!form) return;
  let inPage = true;
  let sending = null; // what a press on the form's button does
  // Before anything that may fail: whatever becomes of this script, and whatever a control of the form
  // is called, nothing is sent unsealed until it has said that the server seals.
  document.addEventListener("submit", (event) => {
    if (event.target !== form || !inPage) return;
    event.preventDefault();
    if (sending) sending();
    else alert("网页的程序出错，没有提交，也没有发送您填写的内容。请重新打开本页，或者用页面下方的其他渠道。");
  }, true);
  const settings = JSON.parse(form.dataset.sealing);
  const paper = form.closest(".intake");
  const way = document.querySelector("[data-way]");
  const lead = paper.querySelector(".lead");
  const channels = paper.querySelector("[aria-labelledby=channels]");
  const shownAs = document.title;
  const gate = document.querySelector("[data-gate]"); // of a frozen page alone
  let suiteReady = null;
  let leave = null; // what Back does
  let unsent = false;
  addEventListener("popstate", () => { if (leave) leave(); });
  addEventListener("beforeunload", (event) => { if (unsent) event.preventDefault(); });

  let asking = null; // stands while the reader has not said what to do
  const toServer = (why) => {
    if (asking) asking.remove();
    way.hidden = false;
    way.dataset.way = "server";
    way.firstElementChild.textContent = KNOWN_WAYS.server;
    way.lastElementChild.textContent = why;
    inPage = false; // not before the page says so
  };

  if (gate) settings.offices = { first: officeOf(settings, settings.first) };
  const receiver = (own) => (own ? settings.offices.above : settings.offices.first);

  // The suite's script is large for a slow line: it comes while the reader types, and tries itself.
  const loadSuite = () => {
    const trial = async () => {
      try {
        const { keys } = receiver(false);
        await sealed(suiteOf(keys[0]), { lookup: "a trial" }, "trial", () => ({}), [], keys, () => {});
      } catch {
        throw new Refusal("这个浏览器没能在您的设备上加密，还没有提交。", { again: false, unable: true, unfit: true });
      }
    };
    suiteReady = suiteReady || loadScript(form.dataset.suite, form.dataset.suiteDigest).then(trial, () => {
      suiteReady = null;
      throw new Refusal("加密程序没有下载成功，还没有提交。请检查网络后再按“再次发送”，或者返回修改，改由服务器加密。", { unable: true });
    });
    return suiteReady;
  };

  const able = window.isSecureContext && window.crypto && crypto.subtle && window.ReadableStream
    && window.TransformStream && Blob.prototype.arrayBuffer && window.BigInt && String.prototype.replaceAll;
  if (able && form.dataset.frozen) {
    leadOn(form.dataset.frozen);
    return;
  }
  if (!able && gate) {
    const [, own] = location.search.split("?");
    location.replace(`${form.getAttribute("action")}?way=server${own ? `&${own}` : ""}`);
    return;
  }
  if (!able || !settings.offices.first) {
    toServer("这个浏览器不能在您的设备上加密：版本较旧，或者网页不是用 HTTPS 打开的。");
    return;
  }
  way.dataset.way = "page";
  way.firstElementChild.textContent = KNOWN_WAYS.page;
  way.lastElementChild.textContent = "文字、文件和查询码都不以原样离开您的设备，服务器只收到密封的信封。";
  const CHOSEN = "按您的选择，不在您的设备上加密。";
  // What the page promised is given up by the reader alone, who may have begun to type.
  const ask = () => {
    if (asking) return;
    asking = make("div", { class: "note note-warn", role: "alert" },
      make("p", {}, make("strong", {}, "这个浏览器没能在您的设备上加密。"), "您填写的内容还没有发送。可以换一个较新的浏览器，或者改由服务器收到后立即加密。"),
      make("p", { class: "actions" }, button("改由服务器加密", "server", () => toServer(CHOSEN), true)));
    way.hidden = true;
    way.after(asking);
  };
  const OUR_FAULT = "网页的程序出错，还没有提交。请返回修改，再试一次，或者用下面的其他渠道。";

  // A frozen page fits the window at this moment, or says why not; any other brought what it needs.
  let opened = gate ? null : Promise.resolve();
  const open = () => {
    opened = opened || begun(form).then((told) => {
      const why = misfit(settings, told);
      if (why) {
        shut(why);
        throw new Refusal(why.text, { again: false });
      }
      fitIn(form, settings, told);
      gate.hidden = true;
    }).catch((error) => {
      opened = null;
      throw error;
    });
    return opened;
  };
  const shut = ({ title, text, fresh }) => {
    const links = fresh ? [make("p", { class: "actions" },
      make("a", { class: "button", href: "" }, "重新打开本页"), " ",
      make("a", { class: "button button-quiet", href: `${form.getAttribute("action")}?way=page` }, "用服务器现做的表单"))] : [];
    leave = null;
    turn([make("h1", {}, title), lead, note("warn", make("p", {}, text)), ...links, channels], titled(title));
  };
  // Nothing goes to the server by itself: who may be asked is asked, a fault of ours offers nothing.
  const begin = () => open().then(loadSuite).catch((error) => {
    if (error.unfit) ask();
    else if (gate && !opened && paper.contains(form)) {
      gate.hidden = false;
      gate.replaceChildren(make("p", { role: "alert" }, error instanceof Refusal ? error.message : OUR_FAULT),
        make("p", { class: "actions" }, button("再试一次", "retry", begin, true)));
    }
  });
  addEventListener("load", begin);
  if (gate) {
    form.hidden = false;
    gate.hidden = true;
    chooseAsked(form, settings);
    form.querySelector('input[name="kind"][value="anonymous"]').closest(".choice").hidden = true;
  }

  const NO_WAY = "涉及受理单位的异议现在不能在本页提交。请返回修改，或者通过下面的其他渠道，向上一级机关、纪检监察机关反映。";
  const whole = [...paper.childNodes];
  const turn = (nodes, title) => {
    paper.replaceChildren(...nodes);
    document.title = title;
    scrollTo(0, 0);
    const heading = paper.querySelector("h1");
    heading.tabIndex = -1;
    heading.focus();
  };
  const titled = (text) => shownAs.replace("提出异议", text);

  const membersOf = async (given) => {
    const members = [];
    const evidence = [];
    const files = [...given.scan.map((file) => [file, "seal-scan"]), ...given.files.map((file) => [file, "evidence"])];
    for (const [file, role] of files) {
      const name = `files/${members.length + 1}.${extensionOf(nameOf(file))}`;
      let digest;
      try {
        digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
      } catch {
        throw new Refusal(`文件“${cleanName(file.name)}”读不出来，可能已经移动或者改动。请返回修改，重新选择。`, { again: false });
      }
      members.push({ name, blob: file });
      evidence.push({ member: name, name: nameOf(file), size: file.size, sha256: hex(new Uint8Array(digest)), role });
    }
    return { members, evidence };
  };

  const seal = async (given, office, told) => {
    const suite = suiteOf(office.keys[0]);
    const { code, lookup, reply, speak } = await derivedOf(crypto.getRandomValues(new Uint8Array(15)), suite);
    const { members, evidence } = await membersOf(given);
    const header = {
      kind: "objection", lookup, notice: settings.notice, office: office.slug, reply, sealed: "page",
      demonstration: settings.demonstration,
    };
    const content = { ...contentOf(settings, given, evidence, new Date()), speak };
    const write = (bound) => ({ format: "portal-objection/1", bound, content });
    const made = await sealed(suite, header, "objection.json", write, members, office.keys, told);
    return { ...parcelOf(made), suite, code: grouped(code) };
  };

  const check = (given) => {
    let kept = null;
    let busy = false;
    const back = () => {
      if (busy) return;
      unsent = false;
      turn(whole, shownAs);
    };
    const office = receiver(given.own);
    const rows = rowsOf(form, given, office ? office.name : "没有可以受理的单位");
    const nodes = checkScreen(lead.cloneNode(true), form.dataset.deadline, rows, () => send(""), back);
    const place = nodes[nodes.length - 2];
    const actions = nodes[nodes.length - 1];

    const arrived = async (answer) => {
      const header = { ...kept.header, number: answer.number, received: answer.received };
      const sound = !answer.signed || answer.signed.includes(`sha256:${await storedDigest(kept.suite, header, kept.sealed)}\n`);
      form.reset();
      leave = null;
      unsent = false;
      const sent = { ...answer, code: kept.code };
      turn(receiptScreen(settings.title, settings.status, settings.signers, sent, sound), titled("异议已经收到"));
      offerKeeping(paper, form, settings.title, settings.status, sent, rows);
    };

    const failed = (error) => {
      const known = error instanceof Refusal ? error : new Refusal(OUR_FAULT, { again: false, unable: Boolean(opened) });
      const told = make("div", { class: "error-summary", role: "alert", tabindex: "-1" },
        make("h2", {}, "没有提交成功"), make("p", {}, known.message));
      const choices = [];
      if (known.work) choices.push(button("验证并提交", "work", () => proved(JSON.parse(known.work))), " ");
      if (known.again) choices.push(button("再次发送", "again", () => send(""), Boolean(known.work)), " ");
      if (known.unable) choices.push(button("改由服务器加密", "server", () => { back(); toServer(CHOSEN); }, true), " ");
      place.replaceChildren(told, make("p", { class: "actions" }, ...choices, button("返回修改", "change", back, true)),
        channels.cloneNode(true));
      told.focus();
    };

    const act = async (what) => {
      if (busy) return;
      busy = true;
      actions.hidden = true;
      try {
        await what();
      } catch (error) {
        busy = false;
        failed(error);
      }
    };
    const send = (work) => act(async () => {
      const told = showProgress(place);
      await open();
      await loadSuite();
      if (!office) throw new Refusal(NO_WAY, { again: false });
      unsent = true;
      kept = kept || await seal(given, office, (done, all) => told("正在您的设备上加密", done, all));
      const answer = await deliver(settings, form, kept, work, (done, all, waiting) =>
        told(waiting ? "网络不稳，等一会儿接着发送" : "已经加密，正在发送", done, all));
      await arrived(answer);
    });
    const proved = (challenge) => act(async () => {
      showProgress(place)("正在验证，大约需要几秒钟", 0, 0);
      const solution = await prove(form.dataset.worker, challenge);
      busy = false;
      send(solution);
    });

    forget(paper);
    history.pushState({ checked: true }, "");
    leave = back;
    turn(nodes, titled("核对后提交"));
  };

  const next = () => {
    const given = answersOf(form);
    const faults = faultsOf(form, given);
    if (faults.length) {
      showFaults(paper, form, faults);
      document.title = `错误：${shownAs}`;
    } else check(given);
  };
  form.addEventListener("change", () => setTimeout(() => showMended(paper, form, faultsOf(form, answersOf(form)))));
  const chosenIn = [form.elements.scan, form.elements.files];
  for (const input of chosenIn) input.addEventListener("change", () => lookInto(input));
  sending = () => {
    const waiting = chosenIn.filter((input) => [...input.files].some((file) => !namesByContent.has(file)));
    if (waiting.length) Promise.all(waiting.map(lookInto)).then(next);
    else next();
  };
})();
