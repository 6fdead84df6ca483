// Help on the pages of 公告编发; all of it works without. A step saves itself every few seconds while
// somebody types, and says when somebody else has saved in between.
(() => {
  const SECONDS = 8;
  const form = document.querySelector("form[data-autosave]");
  if (form) {
    const told = document.querySelector("[data-saved]");
    const say = (text) => { if (told) told.textContent = text; };
    let dirty = false;
    let busy = false;
    let stopped = false;
    form.addEventListener("input", () => { dirty = true; });
    form.addEventListener("submit", () => { stopped = true; });
    const refresh = async () => {
      const side = document.getElementById("side");
      if (!form.dataset.autosave || !side) return;
      const answer = await fetch(form.dataset.autosave, { redirect: "manual" });
      if (answer.ok) side.innerHTML = (await answer.json()).side;
    };
    const save = async () => {
      if (!dirty || busy || stopped) return;
      busy = true;
      dirty = false;
      const data = new URLSearchParams(new FormData(form));
      data.set("autosave", "1");
      try {
        const answer = await fetch(form.action, { method: "POST", body: data, redirect: "manual" });
        if (answer.type === "opaqueredirect" || answer.status === 401) {
          say("登录已经过期：内容还在这里，请按“存为草稿”，登录以后接着保存");
          dirty = true;
        } else {
          const said = await answer.json();
          if (said.clash) {
            stopped = true;
            say("别人刚保存过这份草稿；您写的还在这里，按“存为草稿”对照两个文本");
          } else if (said.error) {
            say(`没有保存：${said.error}`);
          } else {
            form.elements.seen.value = said.seen;
            const mend = document.getElementById("mend");
            if (mend) mend.elements.seen.value = said.seen;
            say([`${said.at}自动保存`, ...said.told].join("。"));
            await refresh();
          }
        }
      } catch {
        dirty = true;
        say("现在连不上，内容还在这里，会再试");
      } finally {
        busy = false;
      }
    };
    setInterval(save, SECONDS * 1000);
    document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
    addEventListener("beforeunload", (event) => { if (dirty && !stopped) event.preventDefault(); });
  }

  // Whoever types beside a choice has chosen it.
  for (const input of document.querySelectorAll("[data-free]")) {
    input.addEventListener("input", () => { document.getElementById(input.dataset.free).checked = true; });
  }

  // A file may be dropped on the box; it is sent at once, since choosing it was the decision.
  for (const box of document.querySelectorAll("form[data-drop]")) {
    const input = box.querySelector("input[type=file]");
    const send = () => { if (input.files.length) box.requestSubmit(); };
    input.addEventListener("change", send);
    for (const name of ["dragover", "dragleave", "drop"]) {
      box.addEventListener(name, (event) => {
        event.preventDefault();
        box.classList.toggle("over", name === "dragover");
        if (name === "drop" && event.dataTransfer.files.length) {
          input.files = event.dataTransfer.files;
          send();
        }
      });
    }
  }
})();
