// A frozen page is the same file for everybody. What is a visitor's own, and what the server says of
// the window at this moment, comes apart; keys and receiving offices never do: where the server's are
// not those of the file, or the list is another, nothing is sealed and the reader is told. An answer
// that is not wholly one of ours can be asked for again, and does nothing else. Needs sending.js.
const NOT_BEGUN = "没有连上服务器，还不知道现在能不能提交。请检查网络，再试一次；填写的内容还在这个页面里。";

const ODD = "服务器的回答不完整，还不知道现在能不能提交。请过一会儿再试一次；填写的内容还在这个页面里。";

const isText = (value) => typeof value === "string";
const isTexts = (value) => Array.isArray(value) && value.every(isText);
const isSome = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

// Whether an answer has the shape of ours, all of it: see docs/objection-protocol.md.
const wholly = (told) => {
  if (!isSome(told) || !isText(told.state)) return false;
  if (told.state !== "open") return isText(told.message) && told.message !== "";
  return Number.isInteger(told.revision) && typeof told.anonymous === "boolean"
    && [told.first, told.above, told.privacy, told.csrf, told.token].every(isText)
    && told.first !== "" && told.csrf !== "" && told.token !== ""
    && isTexts(told.tells) && told.tells.every((way) => ["mail", "sms"].includes(way))
    && Array.isArray(told.signers) && told.signers.every((pair) => isTexts(pair) && pair.length === 2)
    && isSome(told.keys) && Object.values(told.keys).every(isTexts)
    && [told.first, told.above].every((slug) => slug === "" || Object.keys(told.keys).includes(slug));
};

const begun = async (form) => {
  let answer;
  let told;
  try {
    answer = await fetch(form.dataset.begin, { cache: "no-store", credentials: "same-origin" });
    told = await answer.json();
  } catch {
    throw new Refusal(answer && answer.status === 429 ? `现在打开的人太多，请过一会儿再试。${KEPT}` : NOT_BEGUN);
  }
  if (!answer.ok || !wholly(told)) throw new Refusal(ODD);
  return told;
};

const sameKeys = (ours, theirs) => Boolean(ours) && ours.join() === theirs.join();
const officeOf = (settings, slug) => ({ slug, name: settings.names[slug], keys: settings.keys[slug] });

// Why this file does not fit what the server says; empty where it does. `fresh`: another page may.
const misfit = (settings, told) => {
  if (told.state !== "open") return { title: "现在不能在线提交", text: told.message, fresh: false };
  if (told.revision !== settings.revision) {
    return { title: "名单已经修订", text: "这个页面还是修订以前的名单，请重新打开本页；仍然这样的，可以用服务器现做的表单。", fresh: true };
  }
  if (told.first !== settings.first || (told.above && !settings.above.includes(told.above))) {
    return {
      title: "受理单位与服务器的不同",
      text: "本页写明了这次公示由谁受理、涉及受理单位时由谁办理，服务器说的却是别的单位：可能刚刚调整、本页还没有更新，也可能有人改动了服务器。为稳妥起见，本页不接收填写。请过一会儿再打开；急着提交的，请用下面的其他渠道。",
      fresh: true,
    };
  }
  if (Object.entries(told.keys).every(([slug, keys]) => sameKeys(settings.keys[slug], keys))) return null;
  return {
    title: "公钥与服务器的不同",
    text: "本页的公钥来自签名的发布台账，服务器现在用的却是别的：可能刚刚更换、本页还没有更新，也可能有人改动了服务器。为稳妥起见，本页不接收填写。请过一会儿再打开；急着提交的，请打电话向受理单位核对指纹，或者用下面的其他渠道。",
    fresh: true,
  };
};

// Sets in what the server says; offices, their names and keys are the file's own.
const fitIn = (form, settings, told) => {
  if (told.above) settings.offices.above = officeOf(settings, told.above);
  if (!settings.signers.length) settings.signers = told.signers;
  form.elements.csrf_token.value = told.csrf;
  form.elements.token.value = told.token;
  form.elements.privacy.value = told.privacy;
  form.dataset.tells = told.tells.join(" ");
  document.querySelector("[data-privacy]").textContent = `第${told.privacy}版`;
  form.querySelector("[data-above]").textContent = told.above ? settings.names[told.above] : "";
  const offered = {
    anonymous: told.anonymous, named: !told.anonymous, tells: told.tells.length, both: told.tells.length > 1,
    mail: told.tells.includes("mail"), sms: told.tells.includes("sms"), nobody: !told.above,
    above: told.above || form.elements.concerns_office.checked, // a browser that ticked it again: to be unticked
  };
  for (const part of form.querySelectorAll("[data-offer]")) part.hidden = !offered[part.dataset.offer];
  const anonymous = form.querySelector('input[name="kind"][value="anonymous"]');
  anonymous.closest(".choice").hidden = !told.anonymous;
  if (!told.anonymous && anonymous.checked) anonymous.checked = false;
};

// The entries of the link; a name that two persons have chooses neither.
const chooseAsked = (form, settings) => {
  const asked = new URLSearchParams(location.search).getAll("entry");
  const names = Object.values(settings.entries).map((entry) => entry.name);
  for (const box of form.querySelectorAll('input[name="entries"]')) {
    const { name } = settings.entries[box.value] || {};
    const alone = name && names.filter((one) => one === name).length === 1;
    if (asked.includes(box.value) || (alone && asked.includes(name))) box.checked = true;
  }
};

const leadOn = (address) => location.replace(address + location.search);
