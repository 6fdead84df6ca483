// Shows only the part of the form that fits who objects. Without script all parts are there, each
// saying who fills it in.
// The QR code of a receipt opens the look-up page with the code behind the #: it is set in, and taken
// out of the address, so that it stays in no history.
(() => {
  const field = document.querySelector("input#code");
  const take = () => {
    const given = location.hash.slice(1);
    if (!field || !/^[0-9A-Za-z]{5}(-[0-9A-Za-z]{5}){4}$/.test(given)) return;
    field.value = given;
    history.replaceState(null, "", location.pathname);
  };
  addEventListener("hashchange", take);
  take();
})();

(() => {
  const choices = document.querySelectorAll('input[name="kind"]');
  const parts = document.querySelectorAll("[data-kind]");
  if (!choices.length) return;
  const show = () => {
    const chosen = [...choices].find((choice) => choice.checked);
    for (const part of parts) part.hidden = !chosen || part.dataset.kind !== chosen.value;
  };
  for (const choice of choices) choice.addEventListener("change", show);
  show();

  // Sizes are checked again by the server; this only spares a long upload that would be refused.
  for (const input of document.querySelectorAll('input[type="file"]')) {
    input.addEventListener("change", () => {
      const limit = input.name === "scan" ? KNOWN_SCAN_LIMIT : KNOWN_FILE_LIMIT;
      const big = [...input.files].filter((file) => file.size > limit * 1024 * 1024);
      const note = big.map((file) => `“${file.name}”超过${limit} MB`).join("，");
      input.setCustomValidity(note);
      if (note) input.reportValidity();
    });
  }
})();
