// Passkeys. A form with data-passkey asks the server (data-ask) what to sign, has the browser do it, and sends itself.

const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const toText = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const withBytes = (known) => known?.map((each) => ({ ...each, id: toBytes(each.id) }));

function understood({ publicKey }) {
  const options = { ...publicKey, challenge: toBytes(publicKey.challenge) };
  if (options.user) options.user = { ...options.user, id: toBytes(options.user.id) };
  if (options.excludeCredentials) options.excludeCredentials = withBytes(options.excludeCredentials);
  if (options.allowCredentials) options.allowCredentials = withBytes(options.allowCredentials);
  return { publicKey: options };
}

function said(credential) {
  const response = { clientDataJSON: toText(credential.response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = toText(credential.response[part]);
  }
  return JSON.stringify({
    id: credential.id, rawId: toText(credential.rawId), type: credential.type, response, clientExtensionResults: {},
  });
}

async function send(event) {
  event.preventDefault();
  const form = event.target;
  const wrong = form.querySelector(".error");
  wrong.hidden = true;
  try {
    const token = form.elements.csrfmiddlewaretoken.value;
    const asked = await fetch(form.dataset.ask, { method: "POST", headers: { "X-CSRFToken": token }, redirect: "error" });
    if (!asked.ok) throw new Error(asked.status);
    const options = understood(await asked.json());
    form.elements.answer.value = said(await navigator.credentials[form.dataset.passkey](options));
    form.submit();
  } catch {
    wrong.textContent = form.dataset.failed;
    wrong.hidden = false;
  }
}

if (globalThis.PublicKeyCredential) {
  for (const form of document.querySelectorAll("[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", send);
  }
}
