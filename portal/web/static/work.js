// Proof of work on the page of a used-up quota: two workers look for the solution of the challenge,
// then the form goes. Without script the page shows the other channels only.
(() => {
  const form = document.querySelector("form[data-challenge]");
  if (!form) return;
  const told = form.querySelector("[data-told]");
  const say = (text) => { told.textContent = text; };
  form.hidden = false;
  if (!window.isSecureContext) {
    form.querySelector("button").hidden = true;
    say("浏览器只在 HTTPS 网页上进行验证，请用下面的其他渠道，或者稍后再试。");
    return;
  }
  const challenge = JSON.parse(form.dataset.challenge);
  const count = 2;
  const solve = () => new Promise((done, failed) => {
    const workers = [];
    for (let start = 0; start < count; start += 1) {
      const worker = new Worker(form.dataset.worker);
      worker.onmessage = ({ data }) => {
        if (!data || data.error) return;
        for (const other of workers) other.terminate();
        done(data);
      };
      worker.onerror = failed;
      worker.postMessage({ type: "work", challenge, counterStart: start, counterStep: count });
      workers.push(worker);
    }
  });
  form.addEventListener("submit", async (event) => {
    if (form.elements.work.value) return;
    event.preventDefault();
    say("正在验证，大约需要几秒钟，请稍候。");
    try {
      const solution = await solve();
      form.elements.work.value = btoa(JSON.stringify({ challenge, solution }));
      say("验证完成，正在提交。");
      form.submit();
    } catch {
      say("验证没有成功，请再试一次，或者用下面的其他渠道。");
    }
  });
})();
