// The screens before the stops: making the phone known, choosing a PIN, entering it. They show nobody's name.

import { once } from "./screens.js";
import { asked } from "./sending.js";
import * as store from "./store.js";
import * as vault from "./vault.js";
import { fill, say } from "./words.js";

const screen = document.getElementById("screen");

function wrong(input, error, message) {
  error.hidden = !message;
  error.textContent = message;
  input.setAttribute("aria-invalid", String(Boolean(message)));
  if (message) input.focus();
  return !message;
}

/** This browser can't keep anything safely: it says what to do, and keeps nothing. */
export function impossible() {
  screen.replaceChildren(fill(globalThis.isSecureContext ? "no-room" : "insecure", {}));
}

/** Make the phone known with a code. `why`: a sentence on what happened before; `begun` is called when it is known. */
export function enrol(begun, { code = "", why = "", back = false } = {}) {
  const page = fill("enrol", { why, back });
  const form = page.querySelector("form");
  const input = form.elements.code;
  input.value = code;
  form.onsubmit = (event) => {
    event.preventDefault();
    once(form.querySelector("button"), async () => {
      const answer = await takeCode(input.value);
      if (wrong(input, screen.querySelector("#code-error"), answer?.ok && answer.key ? "" : answer?.message ?? say("wrong"))) {
        await known(answer);
        begun();
      }
    });
  };
  screen.replaceChildren(page);
}

async function takeCode(code) {
  const before = (await store.identity())?.key ?? (await store.lost())?.key ?? "";
  const name = navigator.userAgentData?.platform ?? navigator.platform ?? "";
  return asked("enrolments", { method: "POST", body: JSON.stringify({ code, name, before }), key: "" }).catch(() => null);
}

/** The phone has a new key. What it hasn't sent yet goes with the key under which it was made. */
async function known({ key, ref }) {
  const before = await store.identity();
  const same = before && (before.ref === ref || !before.ref);
  await vault.wipe();
  await store.drop("ended");
  await store.keepIdentity({ key, ref, also: same ? [...(before.also ?? []), before.key] : [] });
}

/** Choose a PIN. `begun` is called when it holds. */
export function choose(begun) {
  const page = fill("choose", {});
  const form = page.querySelector("form");
  form.onsubmit = (event) => {
    event.preventDefault();
    once(form.querySelector("button"), async () => {
      const { pin, again } = form.elements;
      const easy = vault.weakness(pin.value);
      if (!wrong(pin, screen.querySelector("#pin-error"), easy && say(easy))) return;
      if (!wrong(again, screen.querySelector("#again-error"), pin.value === again.value ? "" : say("pinDiffers"))) return;
      await vault.make(pin.value);
      store.markLocked();
      navigator.storage?.persist?.().catch(() => {});
      begun();
    });
  };
  screen.replaceChildren(page);
  screen.querySelector("#pin").focus();
}

/** Enter the PIN. `became` hears "open" or "wiped". */
export function ask(became) {
  const page = fill("locked", {});
  const form = page.querySelector("form");
  const input = form.elements.pin;
  form.onsubmit = (event) => {
    event.preventDefault();
    once(form.querySelector("button"), async () => {
      const how = input.value ? await vault.open(input.value) : "wrong";
      input.value = "";
      if (how === "open" || how === "wiped") return became(how);
      wrong(input, screen.querySelector("#pin-error"), await refusal());
    });
  };
  screen.replaceChildren(page);
  input.focus({ preventScroll: true });
}

async function refusal() {
  const { left, until } = await vault.tries();
  const seconds = Math.ceil((until - Date.now()) / 1000);
  const waits = seconds > 0 ? say(seconds < 60 ? "waitSeconds" : "waitMinutes", { n: seconds < 60 ? seconds : Math.ceil(seconds / 60) }) : "";
  return [say("pinWrong", { n: left }), waits].filter(Boolean).join(" ");
}
