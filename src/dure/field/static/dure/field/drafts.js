// What is being entered in a form lies under the PIN, so that neither a reload nor a killed browser nor a locked phone
// loses it. It goes when it is sent, and with the day.

import * as store from "./store.js";
import { picturesOf, show } from "./taking.js";
import * as vault from "./vault.js";

const DRAFT = "draft ";
const SOON = 200;

const values = (form) => [...form.elements].filter((each) => each.name && each.type !== "file")
  .map(({ name, value, checked }) => [name, value, checked]);

function fillIn(form, entered) {
  for (const [name, value, checked] of entered) {
    for (const each of form.querySelectorAll(`[name="${name}"]`)) {
      if (!["checkbox", "radio"].includes(each.type)) each.value = value;
      else if (each.value === value) each.checked = checked;
    }
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

async function keep(name, value) {
  const hidden = await vault.hide(name, value);
  if (hidden) await store.keep(name, hidden);
}

const asText = (picture) => new Promise((resolve) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result);
  reader.readAsDataURL(picture);
});

const asPicture = (text) =>
  new Blob([Uint8Array.from(atob(text.split(",")[1]), (letter) => letter.charCodeAt(0))], { type: "image/jpeg" });

/** Keep this form as it is filled in, from now on; what was entered before stands in it again. */
export function of(form, address, { anew = true } = {}) {
  const name = DRAFT + address;
  const photos = Boolean(form.querySelector("[data-photos]"));
  let timer = 0;
  let [touched, filling] = [false, false];
  const save = () => { if (form.isConnected) keep(name, values(form)); };
  const changed = async () => keep(`${name} photos`, await Promise.all(picturesOf(form).map(asText)));
  const read = async (what) => vault.show(what, await store.kept(what));
  const hear = (event) => {
    if (filling) return;
    touched = true;
    clearTimeout(timer);
    timer = setTimeout(save, SOON);
  };
  form.addEventListener("input", hear);
  form.addEventListener("change", hear);
  if (!anew) return changed;
  read(name).then((entered) => {
    if (!entered || touched) return;
    filling = true;
    fillIn(form, entered);
    filling = false;
  });
  if (photos) read(`${name} photos`).then((kept) => { if (kept?.length) show(form, kept.map(asPicture), changed); });
  return changed;
}

/** It was sent, or nobody needs it any more: of one stop, or all. */
export async function forget(ref = "") {
  for (const name of await store.names(DRAFT)) if (name.includes(ref)) await store.drop(name);
}
