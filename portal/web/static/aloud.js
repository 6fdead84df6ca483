// 朗读: the page in the voice of the reader's own device, sentence by sentence, each marked while it
// is read. Loaded when the button is pressed for the first time; nothing leaves the device.
(() => {
  const speech = window.speechSynthesis;
  const button = document.querySelector("button[data-aloud]");
  // Chosen by site.js, which offers the button.
  const voice = speech.getVoices().find((one) => one.voiceURI === button.dataset.voice);
  if (!voice) return;
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.integrity = button.dataset.styleDigest || "";
  style.href = button.dataset.style;
  document.head.append(style);

  // Whole blocks in the order of the page; what is hidden, or only for the pen, is left out.
  const BLOCKS = "h1,h2,h3,h4,p,li,dt,dd,caption,th,td,summary";
  const SENTENCE = /[^。！？；\n]+[。！？；”’）]*/g;

  const textsOf = (block) => {
    const texts = [];
    const walk = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const node = walk.currentNode;
      if (node.parentElement.closest(BLOCKS) === block) texts.push(node);
    }
    return texts;
  };

  const seen = (block) => block.getClientRects().length > 0 && !block.closest("[hidden]");

  // A sentence may span several text nodes: it is kept as a range over them.
  const sentencesOf = (block) => {
    const nodes = textsOf(block);
    const whole = nodes.map((node) => node.data).join("");
    const at = (offset) => {
      let left = offset;
      for (const node of nodes) {
        if (left <= node.length) return [node, left];
        left -= node.length;
      }
      return [nodes[nodes.length - 1], nodes[nodes.length - 1].length];
    };
    const found = [];
    for (const match of whole.matchAll(SENTENCE)) {
      const said = match[0].trim();
      if (!/[\p{L}\p{N}]/u.test(said)) continue;
      const range = document.createRange();
      range.setStart(...at(match.index));
      range.setEnd(...at(match.index + match[0].length));
      found.push({ said, range, block });
    }
    return found;
  };

  let sentences = [];
  let now = 0;
  let turn = 0;
  const bar = document.createElement("div");
  bar.className = "aloud no-print";
  bar.setAttribute("role", "region");
  bar.setAttribute("aria-label", "朗读");
  const add = (label, act) => {
    const one = document.createElement("button");
    one.type = "button";
    one.textContent = label;
    one.addEventListener("click", act);
    bar.append(one);
    return one;
  };

  const mark = (sentence) => {
    for (const old of document.querySelectorAll(".read-now")) old.classList.remove("read-now");
    if (window.CSS && CSS.highlights) {
      CSS.highlights.clear();
      if (sentence) CSS.highlights.set("read-now", new Highlight(sentence.range));
    } else if (sentence) {
      sentence.block.classList.add("read-now");
    }
    if (!sentence) return;
    const box = sentence.range.getBoundingClientRect();
    if (box.top < 0 || box.bottom > innerHeight - 96) {
      scrollBy(0, box.top - innerHeight / 3);
    }
  };

  const say = () => {
    const sentence = sentences[now];
    const mine = ++turn;
    speech.cancel();
    mark(sentence);
    if (!sentence) return stop();
    const words = new SpeechSynthesisUtterance(sentence.said);
    words.voice = voice;
    words.lang = voice.lang;
    words.rate = "elder" in document.documentElement.dataset ? 0.85 : 1;
    // An utterance that was cancelled ends too: only the one whose turn it is leads on.
    words.onend = () => {
      if (mine !== turn || paused) return;
      now += 1;
      say();
    };
    speech.speak(words);
  };

  let paused = false;
  const pause = add("暂停", () => {
    paused = !paused;
    pause.textContent = paused ? "继续" : "暂停";
    if (paused) {
      turn += 1;
      speech.cancel();
    } else {
      say();
    }
  });
  const step = (by) => {
    now = Math.min(Math.max(now + by, 0), sentences.length - 1);
    paused = false;
    pause.textContent = "暂停";
    say();
  };
  add("上一句", () => step(-1));
  add("下一句", () => step(1));
  const stop = () => {
    turn += 1;
    speech.cancel();
    mark(null);
    bar.remove();
    button.setAttribute("aria-pressed", "false");
    button.focus();
  };
  add("停止", stop);

  const start = () => {
    sentences = [...document.querySelectorAll(BLOCKS)]
      .filter((block) => block.closest("main") && !block.closest(".no-print, .place, form") && seen(block))
      .flatMap(sentencesOf);
    now = 0;
    paused = false;
    pause.textContent = "暂停";
    document.body.append(bar);
    button.setAttribute("aria-pressed", "true");
    pause.focus();
    say();
  };

  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && bar.isConnected) stop();
  });
  addEventListener("pagehide", () => speech.cancel());
  button.addEventListener("click", () => (bar.isConnected ? stop() : start()));
  start();
})();
