// The button says how many elements are ticked. Without this file it says how many were proposed.
"use strict";

for (const form of document.querySelectorAll("form[data-counting]")) {
  const words = form.querySelector("[data-count-words]");
  form.addEventListener("change", () => {
    const ticked = [...form.querySelectorAll("input[name=e]:checked")];
    const count = ticked.reduce((sum, box) => sum + box.value.trim().split(" ").length, 0);
    const said = count === 1 ? words.dataset.one : words.dataset.many;
    words.textContent = said.replace("%(count)s", count);
  });
}
