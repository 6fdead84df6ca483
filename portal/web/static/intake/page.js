// Shows only the part of the form that fits who objects. Without script all parts are there, each
// saying who fills it in.
// The QR code of a receipt opens the look-up page with the code behind the #: it is set in, and taken
// out of the address, so that it stays in no history.
(() => {
  const take = () => {
    const field = document.querySelector("input#code");
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
  const show = () => {
    const chosen = [...choices].find((choice) => choice.checked);
    for (const part of parts) part.hidden = !chosen || part.dataset.kind !== chosen.value;
  };
  for (const choice of choices) choice.addEventListener("change", show);
  show();

  const THUMBNAIL = 144; // pixels, shown at half
  const told = (file) => {
    const one = extensionOf(nameOf(file));
    const kind = Object.keys(KNOWN_TYPES).includes(one) ? `${KNOWN_TYPES[one].label}，` : "";
    const place = placed.has(file) ? `，${placed.get(file) ? "已去掉拍摄地点" : "没有找到拍摄地点"}` : "";
    return `${nameOf(file)}（${kind}${sizeOf(file.size)}${place}）`;
  };

  // A small picture of a chosen picture, drawn here from the file itself; others have none.
  const draw = async (file, item) => {
    if (!["png", ...PICTURES].includes(extensionOf(nameOf(file)))) return;
    try {
      const picture = await createImageBitmap(file);
      const side = Math.min(picture.width, picture.height);
      const canvas = document.createElement("canvas");
      canvas.width = THUMBNAIL;
      canvas.height = THUMBNAIL;
      const [left, top] = [(picture.width - side) / 2, (picture.height - side) / 2];
      canvas.getContext("2d").drawImage(picture, left, top, side, side, 0, 0, THUMBNAIL, THUMBNAIL);
      picture.close();
      item.prepend(canvas);
    } catch { /* damaged, or of a kind that this browser does not draw */ }
  };

  // A file dropped beside the box would open in place of the page, with all that was typed.
  for (const name of ["dragover", "drop"]) {
    addEventListener(name, (event) => { if (event.target.type !== "file") event.preventDefault(); });
  }

  // Told before anything travels; the server looks again.
  const tell = async (input) => {
    const old = input.parentNode.querySelector("[data-chosen]");
    const list = document.createElement("ul");
    const place = document.createElement("div");
    place.dataset.chosen = "";
    place.className = "hint";
    place.setAttribute("role", "status");
    place.append(list);
    await lookInto(input);
    const files = [...input.files];
    for (const file of files) {
      const item = document.createElement("li");
      const fault = fileFault(file, allowedIn(input));
      item.textContent = fault || told(file);
      list.append(item);
      if (!fault) draw(file, item);
    }
    if (old) old.remove();
    if (files.length) input.after(place);
    const fault = filesFault(input, files, input.multiple ? KNOWN_FILES_LIMIT : 1);
    input.setCustomValidity(fault);
    if (fault) input.reportValidity();
  };

  // Photographs keep their place unless the sender wants it out: it is evidence.
  const offer = document.querySelector("[data-place]");
  const evidence = document.querySelector('input[type="file"][name="files"]');
  const strip = async () => {
    await lookInto(evidence);
    const box = offer.querySelector("input");
    const chosen = new DataTransfer();
    for (const file of evidence.files) {
      chosen.items.add(box.checked ? await withoutPlace(file) : originals.get(file) || file);
    }
    evidence.files = chosen.files;
  };
  let able = false;
  try {
    able = Boolean(offer && evidence && new DataTransfer().items);
  } catch { /* an older browser: the offer stays away */ }
  if (able) {
    offer.hidden = false;
    offer.querySelector("input").addEventListener("change", () => strip().then(() => tell(evidence)));
  }
  for (const input of document.querySelectorAll('input[type="file"]')) {
    input.addEventListener("change", () => {
      const first = able && input === evidence && offer.querySelector("input").checked ? strip() : Promise.resolve();
      first.then(() => tell(input));
    });
  }
})();
