// The end of what can be read on this phone: too many wrong PINs, taken away, its storage lost. What hasn't been sent
// is sent all the same; the server hears of it, and how many reports were still owed.

import * as photos from "./photos.js";
import * as sending from "./sending.js";
import * as store from "./store.js";
import * as vault from "./vault.js";

/** Nothing can be read here any more. `why`: "pins", "ended" (taken away) or "unknown" (nobody knows it there). */
export async function end(why) {
  const before = await store.kept("ended");
  if (before?.why === why) return;
  await vault.wipe();
  sending.tellWiped();
  await store.keep("ended", { why, told: false });
}

/** Tell the server what became of this phone, as soon as it can be told. Whether nothing of it is left. */
export async function tellEnd() {
  const ended = await store.kept("ended");
  if (!ended) return false;
  const unsent = (await sending.waiting()).length;
  if (ended.why === "pins" && !ended.told && (await tell("pins", unsent))) await store.keep("ended", { ...ended, told: true });
  if (ended.why === "unknown") await photos.letGo();
  const over = !unsent && !(await photos.waiting()).count && (ended.why === "unknown" || (ended.why === "ended" && (await tell("ended", 0))));
  if (over) await store.empty();
  return over;
}

const tell = async (why, unsent, key) =>
  (await sending.asked("wiped", { method: "POST", body: JSON.stringify({ why, unsent }), key }).catch(() => null))?.ok;

/** The browser has lost what was kept here: that is said once, with how many reports had waited. */
export async function tellLost() {
  const lost = await store.lost();
  if (lost && await tell("gone", lost.unsent, lost.key)) store.count(0);
}
