// The sealed envelope on its way: a small one in one request, a large one in pieces that a bad line
// cannot take back; and what to do when it is not taken. Needs nothing.
const SMALL = 1 << 20;
const PIECES = { first: 1 << 18, least: 1 << 16, most: 1 << 22 };
const PATIENCE = 7; // failures in a row before the reader is asked
const PIECE_TIME = 120000; // milliseconds
const KEPT = "密封好的内容还在这个页面里，没有丢失，请不要关闭本页；再次发送不会重复提交。";
const pause = (seconds) => new Promise((go) => { setTimeout(go, seconds * 1000); });

// Named one by one: what a server sends along never takes the place of the words.
class Refusal extends Error {
  constructor(message, { again = true, work = "", unable = false, unfit = false } = {}) {
    super(message);
    Object.assign(this, { again, work, unable, unfit });
  }
}

const post = (address, headers, body, told, time = 0) => new Promise((done, failed) => {
  const request = new XMLHttpRequest();
  request.open("POST", address);
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  request.upload.onprogress = ({ loaded, total }) => told(loaded, total);
  request.timeout = time;
  request.ontimeout = request.onerror = () => failed(new Refusal(`没有连上服务器。请检查网络，再按“再次发送”。${KEPT}`));
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
    return new Refusal(`现在提交的人太多。${values.message}请在${minutes}分钟以后再次发送，或者现在验证后提交。这不影响您在公示期内提出异议的权利。${KEPT}`,
      { work: values.work });
  }
  if (["closed", "scheduled", "withdrawn", "unknown", "other", "privacy"].includes(values.error)) {
    return new Refusal(`您的异议没有提交。${values.message}`, { again: false });
  }
  if (values.message) return new Refusal(`${values.message}请过一会儿再次发送。${KEPT}`);
  return new Refusal(`服务器现在没有接收（${status}），请过一会儿再次发送。${KEPT}`);
};

// Sends what is missing; `kept.sent` is what the server said it has. After a failure its answer says it.
const pushPieces = async (address, kept, told) => {
  const { size } = kept.body;
  let step = PIECES.first;
  let failures = 0;
  while (kept.sent < size) {
    const [from, started] = [kept.sent, Date.now()];
    const headers = { "Content-Type": "application/octet-stream", "X-Upload": kept.upload, "X-Offset": String(from) };
    const piece = kept.body.slice(from, from + step);
    let answer = { status: 0, values: {} };
    try {
      answer = await post(`${address}/more`, headers, piece, (done) => told(from + done, size), PIECE_TIME);
    } catch { /* the line is gone: what arrived is kept */ }
    if (answer.values.error === "gone") return false;
    const { offset } = answer.values;
    if (Number.isInteger(offset)) kept.sent = offset;
    if (Number.isInteger(offset) && offset > from) {
      failures = 0;
      step = Date.now() - started < 2000 ? Math.min(step * 2, PIECES.most) : step;
    } else {
      failures += 1;
      step = Math.max(step / 2, PIECES.least);
      if (failures > PATIENCE) {
        throw new Refusal(`网络断了，已经送到${(kept.sent / 1048576).toFixed(1)} MB。按“再次发送”从这里接着送，不会从头开始。${KEPT}`);
      }
      told(kept.sent, size, true);
      await pause(Math.min(2 ** (failures - 1), 20));
    }
  }
  return true;
};

// `headersOf` gives a promise of what proves each request: a long way may outlast a proof.
const carry = async (addresses, headersOf, kept, told) => {
  const whole = async () => post(addresses.send, await headersOf(), kept.body, told);
  if (kept.body.size <= SMALL || kept.lost > 1) return whole();
  if (!kept.upload) {
    const begun = await post(addresses.pieces, { ...await headersOf(), "X-Length": String(kept.body.size) }, kept.head, () => {});
    if (begun.values.error === "crowded") return whole();
    if (!begun.values.upload) return begun;
    kept.upload = begun.values.upload;
    kept.sent = begun.values.offset;
  }
  if (await pushPieces(addresses.pieces, kept, told)) {
    const done = await post(addresses.send, { ...await headersOf(), "X-Upload": kept.upload }, null, () => {});
    if (done.values.error !== "gone") return done;
  }
  kept.upload = ""; // swept, or another host of the portal answers now, which has none of it
  kept.lost += 1;
  return carry(addresses, headersOf, kept, told);
};

// What `carry` sends, and how far it is.
const parcelOf = (made) => ({ ...made, body: new Blob([made.head, made.sealed]), upload: "", sent: 0, lost: 0 });

// `form` carries the tokens; a stale one is exchanged without troubling the reader.
const deliver = async (addresses, form, kept, work, told) => {
  for (let tries = 0; tries < 4; tries += 1) {
    const headers = {
      "Content-Type": "application/octet-stream",
      "X-Form-Token": form.elements.token.value,
      "X-Privacy": form.elements.privacy.value,
    };
    if (work) headers["X-Work"] = work;
    const { status, values } = await carry(addresses, async () => headers, kept, told);
    if (status === 200 && values.number) return values;
    if (values.error === "stale") form.elements.token.value = values.token;
    else if (values.error === "fast") await pause(values.wait);
    else throw refusalOf(status, values);
  }
  throw new Refusal("页面已经失效，请再按“再次发送”。" + KEPT);
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
