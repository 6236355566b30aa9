// Passkeys: the browser asks the person, this file carries the question and the answer.
// Without it, the page says what to do instead.
"use strict";

{
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  const named = (keys) => keys?.map((key) => ({ ...key, id: bytes(key.id) }));

  // The question as the server writes it, as the browser wants it.
  const question = ({ publicKey: asked }) => ({
    ...asked,
    challenge: bytes(asked.challenge),
    ...(asked.user && { user: { ...asked.user, id: bytes(asked.user.id) } }),
    ...(asked.excludeCredentials && { excludeCredentials: named(asked.excludeCredentials) }),
    ...(asked.allowCredentials && { allowCredentials: named(asked.allowCredentials) }),
  });

  // The answer as the browser gives it, as the server reads it.
  const answer = (key) => {
    const said = {};
    for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (key.response[part]) said[part] = text(key.response[part]);
    }
    return JSON.stringify({ id: key.id, rawId: text(key.rawId), type: key.type, response: said });
  };

  const asked = async (form) => {
    if (form.dataset.question) {
      return JSON.parse(document.getElementById(form.dataset.question).textContent);
    }
    const found = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!found.ok) throw new Error(found.statusText);
    return (await found.json()).request_options;
  };

  // One sentence at a time: the one that says what happened.
  const say = (form, what) => {
    for (const sentence of form.querySelectorAll("[data-passkey-says]")) {
      sentence.hidden = sentence.dataset.passkeySays !== what;
    }
  };

  const possible = window.isSecureContext && window.PublicKeyCredential && navigator.credentials;

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    const button = form.querySelector("button");
    if (!possible) {
      button.hidden = true;
      say(form, "impossible");
      continue;
    }
    let busy = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (busy) return;
      busy = true;
      say(form, "waiting");
      try {
        const publicKey = question(await asked(form));
        const key = form.dataset.passkey === "create"
          ? await navigator.credentials.create({ publicKey })
          : await navigator.credentials.get({ publicKey });
        form.elements.credential.value = answer(key);
        form.submit();
      } catch (problem) {
        busy = false;
        const known = { NotAllowedError: "cancelled", InvalidStateError: "already" };
        say(form, known[problem.name] ?? "failed");
      }
    });
  }
}
