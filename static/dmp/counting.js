// The button says how many elements are ticked. Without this file, or with none, it gives no number.
"use strict";

for (const form of document.querySelectorAll("form[data-counting]")) {
  const words = form.querySelector("[data-count-words]");
  const none = words.textContent;
  const count = () => {
    const ticked = [...form.querySelectorAll("input[name=e]:checked")];
    const sum = ticked.reduce((total, box) => total + box.value.trim().split(" ").length, 0);
    const said = sum === 1 ? words.dataset.one : words.dataset.many;
    words.textContent = sum ? said.replace("%(count)s", sum) : none;
  };
  count();
  form.addEventListener("change", count);
  // Back from another page, the browser ticks again what was ticked.
  window.addEventListener("pageshow", count);
}
