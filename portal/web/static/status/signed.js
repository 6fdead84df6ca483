// What an office signed, and whether it did: portal/sealed/signed_answers.py, and the order that
// portal/submission/replies.py asks for. Needs typed.js.
const LINE_ENDS = /\r\n|[\n-\r\x1c-\x1e\x85\u2028\u2029]/;
const linesOf = (text) => {
  const lines = text.split(LINE_ENDS);
  if (lines[lines.length - 1] === "") lines.pop();
  return lines;
};
const AROUND = new RegExp(`^${SPACES.source}+|${SPACES.source}+$`, "g");
const stripped = (text) => text.replace(AROUND, "");
const onOneLine = (text) => stripped(text.split(new RegExp(`${SPACES.source}+`)).join(" "));

const bodyOf = (answer, number, notice) => [
  "异议答复 portal-signed-answer/1",
  `异议编号：${number}`,
  `公告：${notice}`,
  `受理单位：${answer.signature.office}`,
  `签发时间：${answer.signature.at}`,
  `事项：${[answer.kind, answer.state, answer.outcome].filter(Boolean).join(" ")}`,
  `理由：${onOneLine(answer.reason)}`,
  `移送：${onOneLine(answer.office)}`,
  `答复目标：${answer.due}`,
  "内容：",
  ...linesOf(answer.text).map((line) => `| ${stripped(line)}`),
].map((line) => `${stripped(line)}\n`).join("");
const signedText = (answer, number, notice) => `${bodyOf(answer, number, notice)}签名：${answer.signature.value}\n`;
const signedOn = (text) => text.split("签发时间：")[1].slice(0, 10);

const fromBase64 = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
const holdsSignature = (key, value, body) => {
  try {
    const bytes = fromBase64(value);
    if (btoa(String.fromCharCode(...bytes)) !== value) return false; // unused bits, set by another hand
    if (key.startsWith("sm2sign1")) return SM.holdsSignature(key, value, utf8.encode(body));
    return AGE.ed25519.verify(bytes, utf8.encode(body), fromBase64(key), { zip215: false });
  } catch {
    return false;
  }
};

const microseconds = (moment) => Date.parse(`${moment.slice(0, 19)}${moment.slice(-6)}`) * 1000
  + (moment[19] === "." ? Number(moment.slice(20, 26)) : 0);

// Each answer with what its signature says: sound, unsigned, unknown, false.
const proved = (told, answers) => {
  let { office } = told;
  let last = null;
  const seen = new Set();
  return answers.map((answer) => {
    const { signature } = answer;
    let proof = last === null ? "unsigned" : "false";
    if (signature) {
      const key = Object.keys(told.signs).includes(signature.office) ? told.signs[signature.office] : "";
      const at = microseconds(signature.at);
      if (!key) proof = "unknown";
      else proof = holdsSignature(key, signature.value, bodyOf(answer, told.number, told.notice)) ? "sound" : "false";
      if (signature.office !== office || seen.has(signature.value) || (last !== null && at < last)) proof = "false";
      if (proof === "sound") {
        last = at;
        seen.add(signature.value);
      }
    }
    if (answer.office && proof !== "false") ({ office } = answer);
    return { answer, proof };
  });
};
