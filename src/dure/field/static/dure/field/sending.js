// Reports leave the phone: at once when there is a network, again and again when there is none, until they arrived.
// Each has a key made here, so sending twice (two tabs, a lost answer) counts once. None holds up another.

import * as store from "./store.js";

const API = "/api/field/v1/";
const FIRST = 3_000;
const LONGEST = 60_000;
const PATIENCE = 15_000;
const URGENT = new Set(["danger", "no_reply"]);

const tabs = "BroadcastChannel" in window ? new BroadcastChannel("dure-reports") : null;
const listeners = new Set();
let running = null;
let again = false;
let timer = 0;
let pause = FIRST;

/** Hear of every change of what is kept and sent, in this tab or another; `arrived` when a report got through. */
export const listen = (listener) => listeners.add(listener);

function tell(arrived, toTabs = true) {
  for (const listener of listeners) listener(arrived);
  if (toTabs) tabs?.postMessage(arrived);
}

tabs?.addEventListener("message", (event) => tell(event.data, false));

/** A key for a report, also where the page wasn't loaded over https. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** What was seen: kept on the phone first (this returns then), sent right after. */
export async function report(kind, about, gravity, body) {
  const now = new Date();
  const made = { key: uuid(), kind, about, gravity, body: JSON.stringify(body), seenAt: now.toISOString(), made: now.getTime() };
  await store.put(made);
  tell(false);
  pause = FIRST;
  send();
  return made;
}

export const waiting = async () => (await store.reports()).filter((each) => !each.arrivedAt);

/** Ask the server for something; throws when the network or the server fails, answers the answer otherwise. */
export async function ask(path, options = {}, key = store.key()) {
  const headers = { "Content-Type": "application/json", ...(key ? { Authorization: `Bearer ${key}` } : {}) };
  const answer = await fetch(API + path, {
    cache: "no-store", credentials: "omit", headers, signal: AbortSignal.timeout(PATIENCE), ...options,
  });
  if (answer.status >= 500) throw new Error(String(answer.status));
  return answer;
}

async function sendOne(each) {
  const envelope = {
    kind: each.kind, version: 1, about: each.about, gravity: each.gravity, seen_at: each.seenAt,
    sent_at: new Date().toISOString(), body: each.body,
  };
  const text = JSON.stringify(envelope);
  try {
    const answer = await ask(`reports/${each.key}`, { method: "PUT", body: text, keepalive: text.length < 60_000 });
    if (answer.ok) {
      await store.put({ ...each, arrivedAt: new Date().toISOString(), refused: "" });
      tell(true);
      return "arrived";
    }
    const refused = (await answer.json().catch(() => ({}))).message ?? String(answer.status);
    if (refused !== each.refused) await store.put({ ...each, refused });
    return "refused";
  } catch (problem) {
    return problem.name === "TypeError" || problem.name === "TimeoutError" ? "no network" : "failed";
  }
}

async function pass() {
  if (!store.key()) return true;
  const all = await waiting();
  const order = [...all.filter((each) => URGENT.has(each.gravity)), ...all.filter((each) => !URGENT.has(each.gravity))];
  let lost = 0;
  let left = 0;
  for (const each of order) {
    const became = await sendOne(each);
    if (became !== "arrived") left += 1;
    lost = became === "no network" ? lost + 1 : 0;
    if (lost > 1) return false; // two in a row: the network is away, not the report bad
  }
  if (order.length) tell(false);
  return left === 0;
}

/** Send what waits. Called whenever there is hope: on load, when online, when shown, when something is new. */
export async function send() {
  clearTimeout(timer);
  if (running) {
    again = true;
    return;
  }
  running = pass().catch(() => false);
  const all = await running;
  running = null;
  pause = all ? FIRST : Math.min(pause * 2, LONGEST);
  if (again) {
    again = false;
    send();
  } else {
    timer = setTimeout(send, all ? LONGEST : pause);
  }
}

/** Begin to send, and go on as long as the page lives. */
export function begin() {
  const hope = () => { pause = FIRST; send(); };
  addEventListener("online", hope);
  addEventListener("pageshow", hope);
  addEventListener("focus", hope);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) hope(); });
  send();
}

/** Reports of earlier days that have arrived needn't stay on the phone. */
export async function tidy(since) {
  for (const each of await store.reports()) if (each.arrivedAt && each.made < since) await store.forget(each);
}
