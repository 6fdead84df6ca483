// What the citizen keeps: the receipt as a picture with a QR code, and the own words as a file. All
// of it is made here; neither code nor words are sent. Needs screens.js, suite.js.
const QUIET = 4; // modules of white around the code, as the standard asks

// The code stands behind the #, which browsers send to nobody.
const qrAddress = (status, code) => `${location.origin}${status}#${code}`;

const qrDrawing = (modules) => {
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  const parts = [];
  modules.forEach((row, y) => row.forEach((dark, x) => { if (dark) parts.push(`M${x} ${y}h1v1h-1z`); }));
  path.setAttribute("d", parts.join(""));
  picture.setAttribute("viewBox", `0 0 ${modules.length} ${modules.length}`);
  picture.setAttribute("class", "receipt-qr");
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", "二维码：用手机扫描，打开查询页并填好查询码");
  picture.append(path);
  return picture;
};

// The receipt as people photograph it: what it is, the code, the QR code, number and time.
const receiptPicture = (title, status, sent, modules) => {
  const canvas = document.createElement("canvas");
  const [width, scale] = [900, Math.floor(420 / modules.length)];
  const pen = canvas.getContext("2d");
  const lines = [];
  for (let left = [...title]; left.length; left = left.slice(26)) lines.push(left.slice(0, 26).join(""));
  canvas.width = width;
  canvas.height = 440 + modules.length * scale + 46 * lines.length;
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = "#000";
  pen.textAlign = "center";
  let y = 84;
  const write = (text, font, step) => {
    pen.font = font;
    pen.fillText(text, width / 2, y);
    y += step;
  };
  write("异议回执", "700 44px sans-serif", 70);
  for (const line of lines) write(line, "30px sans-serif", 46);
  y += 30;
  write(sent.code, "700 48px monospace", 50);
  write("查询码，请不要告诉别人", "26px sans-serif", 30);
  const start = (width - modules.length * scale) / 2;
  modules.forEach((row, down) => row.forEach((dark, across) => {
    if (dark) pen.fillRect(start + across * scale, y + down * scale, scale, scale);
  }));
  y += modules.length * scale + 50;
  write(`异议编号 ${sent.number}`, "30px sans-serif", 44);
  write(`收到时间 ${sent.received.replace("T", " ").slice(0, 19)}`, "30px sans-serif", 44);
  write(`查询：${location.origin}${status}`, "26px sans-serif", 40);
  return new Promise((done) => { canvas.toBlob(done, "image/png"); });
};

const ownWords = (title, sent, rows) => [
  "我提交的异议（副本，只在我的设备上）", `异议编号：${sent.number}`, `公告：${title}`,
  `收到时间：${sent.received.replace("T", " ").slice(0, 19)}`, "",
  ...rows.map(([question, answer]) => `${question}：${answer || "未填写"}`), "",
].join("\r\n");

const saving = (blob, name, text) =>
  make("a", { class: "button button-quiet", href: URL.createObjectURL(blob), download: name }, text);

// Adds to the receipt what can be kept; without the drawing, the code is still there to be noted.
const offerKeeping = async (paper, form, title, status, sent, rows) => {
  const words = new Blob([ownWords(title, sent, rows)], { type: "text/plain;charset=utf-8" });
  const place = paper.querySelector(".receipt .no-print");
  place.append(" ", saving(words, `${sent.number}-我的异议.txt`, "保存我提交的内容"));
  try {
    await loadScript(form.dataset.qr, form.dataset.qrDigest);
    const modules = QR.encodeQR(qrAddress(status, sent.code), "raw", { ecc: "medium", border: QUIET });
    paper.querySelector("#receipt-code").after(qrDrawing(modules));
    const picture = await receiptPicture(title, status, sent, modules);
    place.append(" ", saving(picture, `${sent.number}-回执.png`, "保存为图片"));
  } catch { /* the line failed: the receipt stands as it is */ }
};
