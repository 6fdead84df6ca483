// Before the first paint: bring back the reader's own settings, so that nothing moves afterwards.
(() => {
  const page = document.documentElement;
  page.classList.add("js");
  // Kernels before Chromium 84 know no gap between the items of a row.
  if (!CSS.supports("appearance", "none")) {
    page.classList.add("old");
    const { old, oldDigest = "" } = document.currentScript.dataset;
    document.write(`<link rel="stylesheet" href="${old}" integrity="${oldDigest}">`);
  }
  try {
    for (const name of ["size", "elder", "contrast"]) {
      const value = localStorage.getItem(name);
      if (value) page.dataset[name] = value;
    }
  } catch { /* storage is switched off: the buttons work for this page only */ }
})();
