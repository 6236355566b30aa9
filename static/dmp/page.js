// Small comforts. Every journey works without this file.
"use strict";

// A form leaves once: the second press of a hurried or trembling hand is ignored.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-disabled", "true");
});

// Back from another page, the form may leave again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("button[aria-disabled]")) {
    button.removeAttribute("aria-disabled");
  }
});

// The summary of problems takes the focus, so that it is read first.
document.querySelector("[data-focus]")?.focus();

// Titles blur on a screen that others can see; the choice is kept until the browser closes.
for (const button of document.querySelectorAll("[data-discreet]")) {
  const root = document.documentElement;
  const tell = () => button.setAttribute("aria-pressed", root.classList.contains("dmp-discreet"));
  tell();
  button.hidden = false;
  button.addEventListener("click", () => {
    const on = root.classList.toggle("dmp-discreet");
    document.cookie = `discreet=${on ? 1 : 0}; path=/; SameSite=Lax`;
    tell();
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Copies the text of the element named, and says so in the element that tells it.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).innerText);
    document.getElementById(button.dataset.copied)?.removeAttribute("hidden");
  });
}

// Reads aloud, in their language, the words right before it; pressed again, it is silent. Only by a
// voice of the device: another one sends what it reads elsewhere.
const voiceOf = (button) => {
  const { lang } = button.closest("[lang]");
  return speechSynthesis.getVoices().find((one) => one.localService && one.lang.startsWith(lang));
};
const listens = document.querySelectorAll("[data-listen]");
if (listens.length && window.speechSynthesis) {
  const silent = () => {
    for (const button of listens) button.setAttribute("aria-pressed", "false");
  };
  const offer = () => {
    for (const button of listens) button.hidden = !voiceOf(button);
  };
  offer();
  speechSynthesis.addEventListener("voiceschanged", offer);
  window.addEventListener("pagehide", () => speechSynthesis.cancel());
  for (const button of listens) {
    button.addEventListener("click", () => {
      const speaking = button.getAttribute("aria-pressed") === "true";
      speechSynthesis.cancel();
      silent();
      if (speaking) return;
      const said = new SpeechSynthesisUtterance(button.previousElementSibling.innerText);
      said.voice = voiceOf(button);
      said.lang = said.voice.lang;
      said.onend = silent;
      said.onerror = silent;
      button.setAttribute("aria-pressed", "true");
      speechSynthesis.speak(said);
    });
  }
}

// A panel opened from the band closes with Escape or a press elsewhere.
for (const panel of document.querySelectorAll("details[data-closes]")) {
  document.addEventListener("click", (event) => {
    if (!panel.contains(event.target)) panel.open = false;
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    panel.open = false;
    panel.querySelector("summary").focus();
  });
}

// A doctor's title stays with the name, a number with its years or hours, a telephone or national
// number stays whole, French punctuation stays on the line of its word. Left alone: what people
// type or copy.
const together = (words) => {
  const named = words
    .replace(/\b(Dr|Pr) (?=\p{Lu})/gu, "$1\u00a0")
    .replace(/(?<=\d) (?=%|(?:ans?|mois|heures?|years?|months?|hours?)\b)/g, "\u00a0")
    .replace(/\b(?:0\d(?: \d\d){4}|[1-8] \d\d \d\d \d[\dAB](?: \d{3}){2} \d\d)\b/g, (number) =>
      number.replaceAll(" ", "\u00a0"),
    );
  if (document.documentElement.lang !== "fr") return named;
  return named.replace(/ (?=[?!:;»€])/g, "\u00a0").replace(/« /g, "«\u00a0");
};
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const text = texts.currentNode;
  if (!text.parentElement.closest("textarea, pre, [data-verbatim]")) {
    const kept = together(text.data);
    if (kept !== text.data) text.data = kept;
  }
}
