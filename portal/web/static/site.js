// Everything here is an addition: each page is complete and true without it.
(() => {
  const page = document.documentElement;
  const all = (selector) => document.querySelectorAll(selector);

  const keep = (name, value) => {
    if (value) page.dataset[name] = value;
    else delete page.dataset[name];
    try {
      if (value) localStorage.setItem(name, value);
      else localStorage.removeItem(name);
    } catch { /* not remembered, still applied */ }
  };

  for (const button of all("button[data-size]")) {
    const mark = () => {
      const size = page.dataset.size || "medium";
      for (const other of all("button[data-size]")) {
        other.setAttribute("aria-pressed", String(other.dataset.size === size));
      }
    };
    mark();
    button.addEventListener("click", () => {
      keep("size", button.dataset.size === "medium" ? "" : button.dataset.size);
      mark();
    });
  }

  for (const button of all("button[data-toggle]")) {
    const name = button.dataset.toggle;
    const mark = () => button.setAttribute("aria-pressed", String(name in page.dataset));
    mark();
    button.addEventListener("click", () => {
      keep(name, name in page.dataset ? "" : "on");
      mark();
    });
  }

  for (const button of all("button[data-print]")) {
    button.addEventListener("click", () => print());
  }

  // 朗读 is offered where the device itself has a Chinese voice, and loaded when it is wanted, on the
  // form's pages against its digest.
  const speech = window.speechSynthesis;
  for (const button of speech ? all("button[data-aloud]") : []) {
    const offer = () => {
      const voice = speech.getVoices().find((one) => one.localService && /^(zh|cmn)/i.test(one.lang));
      button.hidden = !voice;
      if (voice) button.dataset.voice = voice.voiceURI;
    };
    offer();
    speech.addEventListener("voiceschanged", offer);
    button.addEventListener("click", () => {
      const script = document.createElement("script");
      script.integrity = button.dataset.aloudDigest || "";
      script.src = button.dataset.aloud;
      document.head.append(script);
    }, { once: true });
  }

  addEventListener("beforeprint", () => {
    for (const part of all("details")) part.open = true;
    for (const place of all("[data-printed]")) {
      place.textContent = `　打印时间：${new Date().toLocaleString("zh-CN", { timeZone: "Asia/Shanghai" })}`;
    }
  });

  for (const button of all("button[data-copy]")) {
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
      const text = button.textContent;
      button.textContent = "已复制";
      setTimeout(() => { button.textContent = text; }, 2000);
    });
  }

  // A page may have been built before a window opened or closed: its state is worked out anew.
  // data-opens and data-closes are instants; data-days the counted dates, data-unit what they are called; data-after the state that
  // follows; data-when and data-unless mark what one state shows or hides.
  const now = Date.now();
  const today = new Date(now + 8 * 3600e3).toISOString().slice(0, 10);
  for (const box of all("[data-opens]")) {
    const { opens, closes, days, unit, after } = box.dataset;
    const state = now < Date.parse(opens) ? "scheduled" : now < Date.parse(closes) ? "open" : "closed";
    const left = (days || "").split(" ").filter((day) => day >= today);
    box.dataset.state = state;
    for (const text of box.querySelectorAll("[data-state-text]")) {
      const shown = state === "closed" ? after : state;
      text.textContent = KNOWN_STATES[shown];
      text.className = `tag tag-${shown}`;
    }
    for (const text of box.querySelectorAll("[data-left]")) {
      text.textContent = state !== "open" ? ""
        : left[0] === today && left.length === 1 ? "今天24:00截止" : `还有${left.length}${unit}`;
    }
    for (const part of box.querySelectorAll("[data-when]")) {
      part.hidden = part.dataset.when !== state;
    }
    for (const part of box.querySelectorAll("[data-unless]")) {
      part.hidden = part.dataset.unless === state;
    }
    for (const step of box.querySelectorAll(".current")) {
      if (state !== "closed") continue;
      step.className = "done";
      step.removeAttribute("aria-current");
    }
    for (const day of box.querySelectorAll(`[data-day="${today}"]`)) day.classList.add("today");
  }
})();
