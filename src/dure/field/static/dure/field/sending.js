// Reports leave the phone: at once when there is a network, again and again when there is none, until they arrived.
// They are sealed when they are made and go with the key that hands in: no PIN is needed, a locked phone sends too.
// Each has a key made here, so sending twice (two tabs, a lost answer) counts once. None holds up another.

import { packed, seal, sealTo } from "./sealing.js";
import * as store from "./store.js";
import * as texting from "./texting.js";
import * as vault from "./vault.js";
import { settings } from "./words.js";

const API = "/api/field/v1/";
const FIRST = 3_000;
const LONGEST = 60_000;
const PATIENCE = 15_000;
const SLOWEST = 1; // bytes in a millisecond that a network must carry: 8 kbit/s
const URGENT = new Set(["danger", "no_reply"]);
const AT_ONCE = 50; // reports in one request
const IN_FLIGHT = 3; // requests side by side: while one is taken in, the next is on its way
const OUTLIVES = 20_000; // bytes of a request that goes on when the page is closed; browsers allow 64 KiB in all

const tabs = "BroadcastChannel" in window ? new BroadcastChannel("dure-reports") : null;
const listeners = new Set();
const copies = new Map(); // what was reported, as it can be read; empty while locked
const later = []; // what is sent when all reports have gone: { send, stop }
let running = null;
let again = false;
let timer = 0;
let pause = FIRST;

/** Hear of every change of what is kept and sent, in this tab or another: "arrived", "changed" or "wiped". */
export const listen = (listener) => listeners.add(listener);

export function tell(what, toTabs = true) {
  for (const listener of listeners) listener(what);
  if (toTabs) tabs?.postMessage(what);
}

tabs?.addEventListener("message", (event) => tell(event.data, false));

/** Something else is sent as well, after the reports; `stop` lets a report go first. `send` answers how much is left. */
export const afterwards = (send, stop) => later.push({ send, stop });

/** Other tabs show nothing any more either. */
export function tellWiped() {
  copies.clear();
  tabs?.postMessage("wiped");
}

export const forgetCopies = () => copies.clear();

/** What was seen: sealed and kept on the phone first (this returns then), sent right after. */
export async function report(kind, about, gravity, body) {
  const now = new Date();
  const entered = { kind, version: 2, about, gravity, seen_at: now.toISOString(), body: JSON.stringify(body), ...await store.kept("clock") };
  const by = (await store.identity())?.key;
  const urgent = URGENT.has(gravity);
  const texted = urgent && (await written({ kind, about, body, made: now.getTime(), secret: by }));
  const key = texted?.key ?? crypto.randomUUID();
  const made = { key, by, urgent, made: now.getTime(), sealed: await seal(key, entered), ...(texted && { text: texted.text }) };
  const copy = await vault.hide(`report ${key}`, entered);
  await store.put(copy ? { ...made, copy } : made);
  tell("changed");
  pause = FIRST;
  for (const each of later) each.stop();
  send();
  return made;
}

/** A report as a text message. Few chance numbers fit into a code: one that another report has is drawn again. */
async function written(said) {
  const taken = new Set((await store.reports()).map((each) => each.key));
  for (let tries = 0; tries < 50; tries += 1) {
    const text = await texting.write(said);
    if (!text || !taken.has(text.key)) return text;
  }
  return null;
}

/** A report of an earlier version, kept in the clear until now, as it is kept today. */
export async function sealed(each) {
  const { key, kind, about, gravity, body, made } = each;
  const entered = { kind, version: 1, about, gravity, seen_at: each.seenAt, body };
  const by = (await store.identity())?.key;
  return { key, by, urgent: URGENT.has(gravity), made, sealed: await seal(key, entered) };
}

/** All reports on the phone; unlocked, with what was entered. */
export async function reports() {
  const all = await store.reports();
  for (const each of all) {
    if (vault.isOpen() && each.copy && !copies.has(each.key)) {
      const entered = await vault.show(`report ${each.key}`, each.copy);
      if (entered && vault.isOpen()) copies.set(each.key, entered);
    }
  }
  store.count(all.filter((each) => !each.arrivedAt).length);
  return all.map((each) => ({ ...copies.get(each.key), ...each }));
}

export const waiting = async () => (await store.reports()).filter((each) => !each.arrivedAt);

/** What the phone says of itself with each request; `but`: the reports that this request hands in. */
async function told(but = []) {
  const left = (await waiting()).filter((each) => !but.includes(each.key));
  const oldest = left.length ? Math.max(0, Math.floor((Date.now() - left[0].made) / 1000)) : 0;
  return { "Dure-App": settings.version, "Dure-Unsent": String(left.length), "Dure-Oldest": String(oldest) };
}

/** Ask the server for something; throws when the network or the server fails, answers the answer otherwise. */
export async function ask(path, { key, read, but, more, ...options } = {}) {
  const own = key ?? (await store.identity())?.key;
  const headers = { "Content-Type": "application/json", ...await told(but), ...more };
  if (own) headers.Authorization = `Bearer ${own}`;
  if (read) headers["Dure-Read-Key"] = await vault.readKey();
  const answer = await fetch(API + path, {
    cache: "no-store", credentials: "omit", headers, signal: AbortSignal.timeout(PATIENCE), ...options,
  });
  if (answer.status >= 500) throw new Error(String(answer.status));
  return answer;
}

/** Ask, and read what is answered: { ok, status, ...what }. */
export async function asked(path, options) {
  const answer = await ask(path, options);
  const given = await answer.json().catch(() => ({}));
  sealTo(given.sealing);
  if (given.now) await store.keep("clock", { heard: given.now, behind: Date.parse(given.now) - Date.now() });
  return { ...given, ok: answer.ok, status: answer.status };
}

async function handIn(each, key) {
  const text = JSON.stringify({ sealed: each.sealed, sent_at: new Date().toISOString() });
  return ask(`reports/${each.key}`, { method: "PUT", body: text, key, but: [each.key], keepalive: text.length < OUTLIVES });
}

async function handInAll(portion) {
  const reports = portion.map(({ key, sealed }) => ({ key, sealed }));
  const text = JSON.stringify({ sent_at: new Date().toISOString(), reports });
  const small = await packed(text, "gzip"); // a third goes: what is sealed travels as letters
  const { length } = small ?? text;
  return ask("reports", {
    method: "POST", body: small ?? text, key: portion[0].by, but: portion.map((each) => each.key),
    more: small ? { "Content-Encoding": "gzip" } : {}, keepalive: length < OUTLIVES,
    signal: AbortSignal.timeout(PATIENCE + (IN_FLIGHT * length) / SLOWEST),
  });
}

const failed = (problem) => (problem.name === "TypeError" || problem.name === "TimeoutError" ? "no network" : "failed");

/** What becomes of reports by the server's answer to each, { ok, message }: in the order of the reports. */
async function become(reports, answers) {
  const changed = reports.flatMap((each, at) => {
    const { ok, message } = answers[at];
    const { sealed: _sent, text: _text, ...rest } = each;
    if (ok) return [{ ...rest, arrivedAt: new Date().toISOString(), refused: "" }];
    return message === each.refused ? [] : [{ ...each, refused: message }];
  });
  if (changed.length) await store.putAll(changed);
  return answers.map(({ ok }) => (ok ? "arrived" : "refused"));
}

async function sendOne(each) {
  const mine = await store.identity();
  try {
    let answer = await handIn(each, each.by ?? mine?.key);
    // an earlier key of the same person may hand in for two days only; then it goes with today's
    if (answer.status === 401 && mine?.also?.includes(each.by)) answer = await handIn(each, mine.key);
    const message = answer.ok ? "" : (await answer.json().catch(() => ({}))).message ?? String(answer.status);
    return (await become([each], [{ ok: answer.ok, message }]))[0];
  } catch (problem) {
    return failed(problem);
  }
}

/** Several reports in one request. Where they aren't taken together, each is tried alone: none holds up another. */
async function sendTogether(portion) {
  if (portion.length < 2) return portion.length ? [await sendOne(portion[0])] : [];
  let lost = false;
  const answer = await handInAll(portion).then((it) => (it.ok ? it.json() : {})).catch((problem) => {
    lost = failed(problem) === "no network";
    return {};
  });
  const answers = new Map((answer.reports ?? []).map((each) => [each.key, each]));
  const answered = portion.filter((each) => answers.has(each.key));
  const all = await become(answered, answered.map((each) => answers.get(each.key)));
  const alone = portion.filter((each) => !answers.has(each.key));
  while (alone.length && !isAway(all)) {
    if (lost && all.at(-1) === "arrived") return [...all, ...await sendTogether(alone)]; // it is back
    all.push(await sendOne(alone.shift()));
  }
  return all;
}

// two in a row: the network is away, not the report bad
const isAway = (all) => all.length > 1 && all.slice(-2).every((what) => what === "no network");

/** What goes together: under the same key, and not too much. */
function portions(all) {
  const made = [];
  for (const each of all) {
    const last = made.at(-1);
    if (last && last.length < AT_ONCE && last[0].by === each.by) last.push(each);
    else made.push([each]);
  }
  return made;
}

/** Send these, so many requests side by side: how many haven't arrived, and whether one was lost or the network is away. */
async function sendAll(reports, inFlight) {
  const left = portions(reports);
  const all = [];
  let away = false;
  await Promise.all(Array.from({ length: inFlight }, async () => {
    while (left.length && !away && !(again && inFlight > 1)) { // what is urgent goes next
      all.push(...await sendTogether(left.shift()));
      away ||= isAway(all);
    }
  }));
  if (all.length) tell(all.includes("arrived") ? "arrived" : "changed");
  return { left: reports.length - all.filter((what) => what === "arrived").length, lost: all.includes("no network"), away };
}

async function pass() {
  const all = await waiting();
  const urgent = await sendAll(all.filter((each) => each.urgent), 1); // a step after the case that it belongs to
  if (urgent.away) return false;
  const others = await sendAll(all.filter((each) => !each.urgent), IN_FLIGHT);
  let left = urgent.left + others.left;
  for (const each of later) if (!urgent.lost && !others.lost) left += await each.send(() => again);
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
