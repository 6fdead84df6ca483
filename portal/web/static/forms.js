// Help for pages that write: what is left to type, and the error summary takes the focus.
(() => {
  for (const counter of document.querySelectorAll("[data-counter]")) {
    const area = document.getElementById(counter.dataset.counter);
    const limit = Number(area.dataset.limit);
    const count = () => {
      const left = limit - [...area.value].length;
      counter.textContent = left < 0 ? `已超出${-left}字` : `还可输入${left}字`;
    };
    count();
    area.addEventListener("input", count);
  }

  const focus = document.querySelector("[data-focus]");
  if (focus) focus.focus();
})();
