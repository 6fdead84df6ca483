// What a chosen file is, by its first bytes and in the server's own patterns and words.
// Needs nothing.
const cleanName = (name) => {
  const last = name.normalize("NFC").split(/[/\\]/).pop();
  const visible = last.replace(/\p{C}/gu, "").replace(/^[ .]+|[ .]+$/g, "");
  const letters = [...visible];
  if (letters.length <= 100) return visible || "未命名";
  const dot = visible.lastIndexOf(".");
  const tail = dot < 0 ? "" : visible.slice(dot);
  return [...visible.slice(0, dot < 0 ? undefined : dot)].slice(0, 100 - tail.length).join("") + tail;
};
// As the server's pages write a size.
const sizeOf = (bytes) => (bytes < 1048576
  ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`);
const extensionOf = (name) => (name.includes(".") ? name.split(".").pop().toLowerCase() : "");
const begins = (pattern, head) => new RegExp(`^(?:${pattern})`).test(head);

// The name with the extension that the content calls for; empty where it is none of `allowed`.
const namedByContent = (name, head, allowed) => {
  const extension = extensionOf(name);
  if (allowed.includes(extension) && begins(KNOWN_TYPES[extension].pattern, head)) return name;
  const found = Object.keys(KNOWN_TYPES).find((one) =>
    allowed.includes(one) && KNOWN_TYPES[one].shows && begins(KNOWN_TYPES[one].shows, head));
  if (!found) return "";
  const stem = Object.keys(KNOWN_TYPES).includes(extension) ? name.slice(0, -extension.length - 1) : name;
  return cleanName(`${stem || "未命名"}.${found}`);
};

const allowedIn = (input) => (input.name === "scan" ? KNOWN_SCAN_TYPES : Object.keys(KNOWN_TYPES));
const namesByContent = new WeakMap();
const nameOf = (file) => namesByContent.get(file) || cleanName(file.name);

// Looks at the first bytes of each file of an input; what cannot be read is told when it is sealed.
const lookInto = (input) => Promise.all([...input.files].map(async (file) => {
  if (namesByContent.has(file)) return;
  try {
    const bytes = new Uint8Array(await file.slice(0, KNOWN_HEAD).arrayBuffer());
    const head = String.fromCharCode(...bytes);
    namesByContent.set(file, namedByContent(cleanName(file.name), head, allowedIn(input)));
  } catch { /* moved or locked meanwhile */ }
}));

const fileFault = (file, allowed) => {
  const name = cleanName(file.name);
  if (!file.size) return `“${name}”是空文件，请重新选择`;
  if (file.size > KNOWN_FILE_LIMIT * 1048576) return `“${name}”超过${KNOWN_FILE_LIMIT} MB，请压缩或者拆分后再选`;
  if (namesByContent.get(file) !== "") return "";
  if (allowed.includes(extensionOf(name))) {
    return `“${name}”的内容与扩展名“.${extensionOf(name)}”不符，请确认文件没有损坏`;
  }
  return `“${name}”的类型不在可以上传的范围内，可以上传：${allowed.join("、")}`;
};

const filesFault = (input, files, most) => {
  if (files.length > most) return `最多上传${most}个文件，现在选了${files.length}个`;
  return files.map((file) => fileFault(file, allowedIn(input))).find(Boolean) || "";
};
