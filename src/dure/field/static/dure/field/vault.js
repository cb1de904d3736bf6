// What can be read on the phone lies under the PIN: the stops, what was reported, the key that reads.
// The key comes from the PIN (many rounds) and from a key of this browser that can't be taken out of it. Unlocked, it
// is in this page's memory alone; a wrong PIN is counted before it is tried.

import { random, said, text, utf8 } from "./bytes.js";
import * as store from "./store.js";
import { settings } from "./words.js";

const ROUNDS = 600_000;
const SECOND = 1000;
const WAITS = [0, 0, 0, 0, 0, 30, 60, 120, 300, 900]; // seconds after so many wrong PINs
export const WRONG_AT_MOST = WAITS.length;

let data = null; // the key, while unlocked

export const isOpen = () => data !== null;
export const close = () => { data = null; };
export const isThere = async () => Boolean(await store.kept("lock"));

/** Whether this browser can keep anything safely here: only over https, and not everywhere in private windows. */
export const isPossible = async () => Boolean(globalThis.crypto?.subtle) && globalThis.isSecureContext && store.works();

/** Why a PIN is too easy, as the name of a sentence; none when it will do. */
export function weakness(pin) {
  if (!/^\d+$/.test(pin) || pin.length < settings.digits) return "pinShort";
  const steps = new Set([...pin].slice(1).map((digit, at) => digit - pin[at]));
  if (steps.size === 1 && [0, 1, -1].includes([...steps][0])) return "pinEasy";
  for (const length of [2, 3]) if (pin === pin.slice(0, length).repeat(pin.length).slice(0, pin.length)) return "pinEasy";
  const [, month, day] = /^(?:\d\d)?\d\d(\d\d)(\d\d)$/.exec(pin) ?? [];
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 ? "pinDate" : "";
}

async function from(pin, lock) {
  const base = await crypto.subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: lock.salt, iterations: lock.rounds };
  const bits = await crypto.subtle.deriveBits(how, base, 256);
  const mixed = await crypto.subtle.sign("HMAC", lock.device, bits);
  return crypto.subtle.importKey("raw", mixed, "AES-GCM", false, ["encrypt", "decrypt"]);
}

const gcm = (iv, name) => ({ name: "AES-GCM", iv, additionalData: utf8(`dure ${name}`) });

/** A new PIN was chosen: everything to be read goes under it from now on. */
export async function make(pin) {
  const device = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const lock = { salt: random(16), rounds: ROUNDS, device, iv: random(12), wrong: 0, until: 0 };
  const raw = random(32);
  lock.wrapped = await crypto.subtle.encrypt(gcm(lock.iv, "data"), await from(pin, lock), raw);
  await store.keepFirst("lock", lock);
  data = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
  raw.fill(0);
}

/** Try a PIN: "open", "wrong", "wait", or "wiped" when it was one too many. */
export async function open(pin) {
  let waits = false;
  const lock = await store.change("lock", (known) => {
    waits = known.until > Date.now();
    if (waits) return known;
    const wrong = known.wrong + 1;
    return { ...known, wrong, until: Date.now() + (WAITS[wrong] ?? 0) * SECOND };
  });
  if (waits) return "wait";
  try {
    const raw = new Uint8Array(await crypto.subtle.decrypt(gcm(lock.iv, "data"), await from(pin, lock), lock.wrapped));
    data = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
    raw.fill(0);
  } catch {
    return lock.wrong >= WRONG_AT_MOST ? "wiped" : "wrong";
  }
  await store.change("lock", (known) => ({ ...known, wrong: 0, until: 0 }));
  return "open";
}

/** How many wrong PINs are left, and until when none is taken. */
export async function tries() {
  const lock = await store.kept("lock");
  return { left: WRONG_AT_MOST - (lock?.wrong ?? 0), until: lock?.until ?? 0 };
}

/** Put something under the PIN. `name`: what it is; it opens under no other. */
export async function hide(name, value) {
  if (!data) return null;
  const iv = random(12);
  const ct = await crypto.subtle.encrypt(gcm(iv, name), data, utf8(JSON.stringify(value)));
  return { iv, ct };
}

/** Read what lies under the PIN; nothing while locked, or when it isn't what it says. */
export async function show(name, hidden) {
  if (!data || !hidden?.ct) return undefined;
  try {
    return JSON.parse(said(await crypto.subtle.decrypt(gcm(hidden.iv, name), data, hidden.ct)));
  } catch {
    return undefined;
  }
}

/** The key with which this phone reads; made here, and never in the clear on the phone. */
export async function readKey() {
  const known = await show("read", await store.kept("read"));
  if (known) return known;
  const made = text(random(32));
  const hidden = await hide("read", made);
  if (hidden) await store.keepFirst("read", hidden);
  return hidden ? made : "";
}

/** Nothing can be read here any more, whatever the PIN. What hasn't been sent stays. */
export async function wipe() {
  data = null;
  for (const name of ["lock", "read", "readTold", "pack", "moved"]) await store.drop(name);
  for (const begin of ["draft ", "stood "]) await store.dropAll(begin);
  await store.withoutCopies();
}

