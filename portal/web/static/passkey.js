// Passkeys at the desk: a button that asks the device, and a form that makes one. Without script,
// or in a browser that knows none, the one-time code serves.
(() => {
  if (!window.PublicKeyCredential || !navigator.credentials) return;
  const bytes = (text) => Uint8Array.from(
    atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((one) => Object.assign({}, one, { id: bytes(one.id) }));

  const asked = async (address) => {
    const answer = await fetch(address, { redirect: "manual" });
    if (answer.type === "opaqueredirect") throw new Error("登录已经过期，请重新登录");
    const said = await answer.json();
    if (said.error) throw new Error(said.error);
    const options = said.publicKey;
    options.challenge = bytes(options.challenge);
    if (options.user) options.user.id = bytes(options.user.id);
    if (options.allowCredentials) options.allowCredentials = known(options.allowCredentials);
    if (options.excludeCredentials) options.excludeCredentials = known(options.excludeCredentials);
    return options;
  };

  const written = (made) => {
    const response = { clientDataJSON: text(made.response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (made.response[name]) response[name] = text(made.response[name]);
    }
    return JSON.stringify({
      id: made.id, rawId: text(made.rawId), type: made.type, response, clientExtensionResults: {},
    });
  };

  const told = (form, words) => {
    let line = form.querySelector("[data-passkey-told]");
    if (!line) {
      line = document.createElement("p");
      line.setAttribute("role", "alert");
      line.dataset.passkeyTold = "";
      form.append(line);
    }
    line.textContent = words;
  };

  const said = (error) => (error.name === "NotAllowedError" || error.name === "AbortError"
    ? "设备没有确认，或者取消了" : error.name === "InvalidStateError"
      ? "这个设备上已经有这个账户的通行密钥" : error.message);

  for (const button of document.querySelectorAll("button[data-passkey]")) {
    const { form } = button;
    button.hidden = false;
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        const options = await asked(button.dataset.passkey);
        const made = "passkeyNew" in button.dataset
          ? await navigator.credentials.create({ publicKey: options })
          : await navigator.credentials.get({ publicKey: options });
        form.elements[button.dataset.field].value = written(made);
        if ("passkeyMore" in button.dataset) told(form, button.dataset.passkeyMore);
        else form.submit();
      } catch (error) {
        told(form, said(error));
        button.disabled = false;
      }
    });
  }
})();
