// Pages of the desk with several forms: whoever sends one is asked first about what is written in
// another, since the next page does not have it.
(() => {
  const SECRET = /(^|-)(code|passphrase|password)$/;
  const written = (field) => {
    if (field.readOnly || SECRET.test(field.name)) return false;
    if (field.type === "file") return field.files.length > 0;
    const text = field.tagName === "TEXTAREA" || /^(text|tel|email|search)$/.test(field.type);
    return text && field.value !== field.defaultValue && field.value.trim() !== "";
  };
  document.addEventListener("submit", (event) => {
    for (const form of document.forms) {
      const left = form !== event.target && form.method === "post"
        && [...form.elements].find(written);
      if (!left) continue;
      const label = left.labels && left.labels[0];
      const name = (label && label.textContent.trim()) || "另一处";
      if (!window.confirm(`“${name}”里写的还没有送出，继续就没有了。继续吗？`)) event.preventDefault();
      return;
    }
  });
})();
