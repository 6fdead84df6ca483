// The one request that carries the sealed envelope, and what to do when it is not taken.
// Needs nothing.
const KEPT = "密封好的内容还在这个页面里，没有丢失，请不要关闭本页；再次发送不会重复提交。";
const pause = (seconds) => new Promise((go) => { setTimeout(go, seconds * 1000); });

class Refusal extends Error {
  constructor(message, traits = {}) {
    super(message);
    Object.assign(this, { again: true, wait: 0, work: "", ...traits });
  }
}

const post = (address, headers, body, told) => new Promise((done, failed) => {
  const request = new XMLHttpRequest();
  request.open("POST", address);
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  request.upload.onprogress = ({ loaded, total }) => told(loaded, total);
  request.onerror = () => failed(new Refusal(`没有连上服务器。请检查网络，再按“再次发送”。${KEPT}`));
  request.onload = () => {
    let values = {};
    try {
      values = JSON.parse(request.responseText);
    } catch { /* a page of the server in front: its status says enough */ }
    done({ status: request.status, values });
  };
  request.send(body);
});

const refusalOf = (status, values) => {
  if (status === 413 || values.error === "form") {
    return new Refusal(values.message || "文件合计太大，服务器没有接收。请返回修改，减少或者压缩文件。", { again: false });
  }
  if (values.error === "quota") {
    const minutes = Math.ceil(values.wait / 60);
    return new Refusal(`现在提交的人太多。${values.message}请在${minutes}分钟以后再次发送，或者现在验证后提交。这不影响您在公示期内提出异议的权利。${KEPT}`, values);
  }
  if (["closed", "scheduled", "withdrawn", "unknown", "other", "privacy"].includes(values.error)) {
    return new Refusal(`您的异议没有提交。${values.message}`, { again: false });
  }
  if (values.message) return new Refusal(`${values.message}请过一会儿再次发送。${KEPT}`);
  return new Refusal(`服务器现在没有接收（${status}），请过一会儿再次发送。${KEPT}`);
};

// `form` carries the tokens; a stale one is exchanged without troubling the reader.
const deliver = async (address, form, body, work, told) => {
  for (let tries = 0; tries < 4; tries += 1) {
    const headers = {
      "Content-Type": "application/octet-stream",
      "X-CSRFToken": form.elements.csrf_token ? form.elements.csrf_token.value : "",
      "X-Form-Token": form.elements.token.value,
      "X-Privacy": form.elements.privacy.value,
    };
    if (work) headers["X-Work"] = work;
    const { status, values } = await post(address, headers, body, told);
    if (status === 200 && values.number) return values;
    if (values.error === "stale" && form.elements.csrf_token) {
      form.elements.csrf_token.value = values.csrf;
      form.elements.token.value = values.token;
    } else if (values.error === "fast") await pause(values.wait);
    else throw refusalOf(status, values);
  }
  throw new Refusal("页面已经失效，浏览器没有接受 Cookie。请允许本网站的 Cookie，再按“再次发送”。" + KEPT);
};

const prove = (worker, challenge) => new Promise((done, failed) => {
  const workers = [0, 1].map((counterStart) => {
    const one = new Worker(worker);
    one.onmessage = ({ data }) => {
      if (!data || data.error) return;
      for (const other of workers) other.terminate();
      done(btoa(JSON.stringify({ challenge, solution: data })));
    };
    one.onerror = () => failed(new Refusal(`验证没有成功，请再试一次，或者用下面的其他渠道。${KEPT}`, { work: JSON.stringify(challenge) }));
    one.postMessage({ type: "work", challenge, counterStart, counterStep: 2 });
    return one;
  });
});
