// Photographs of signs on their way to the server: sealed when the report is sent, and sent when all that is written has
// gone. No photograph holds up a report or another photograph; what the server can't use is said once and let go.

import { sealPhoto } from "./sealing.js";
import * as sending from "./sending.js";
import * as store from "./store.js";

const WAITING = "photo waiting ";
const TROUBLE = "photo trouble";
const PATIENCE = 60_000;
const NO_USE = new Set([400, 413, 422]);

let running = null; // what is being sent right now

/** Keep the photographs of a report, sealed. How many the phone has no room for; the report is kept all the same. */
export async function keep(pictures, { report, about, abuse }) {
  let lost = 0;
  for (const picture of pictures) {
    const key = crypto.randomUUID();
    const now = new Date();
    const said = { about, report: report.key, abuse, seen_at: now.toISOString(), ...await store.kept("clock") };
    try {
      const sealed = await sealPhoto(key, said, new Uint8Array(await picture.arrayBuffer()));
      await store.keepFirst(`${WAITING}${now.getTime()} ${key}`, { key, by: report.by, made: now.getTime(), ...sealed });
    } catch {
      lost += 1;
    }
  }
  sending.tell("changed");
  sending.send();
  return lost;
}

/** How many wait, and since when. */
export async function waiting() {
  const names = await store.names(WAITING);
  return { count: names.length, since: Math.min(...names.map((name) => Number(name.split(" ")[2]))) };
}

const hand = (each, key, signal) => {
  const head = `${JSON.stringify({ ...each.head, sent_at: new Date().toISOString() })}\n`;
  const headers = { "Content-Type": "application/octet-stream" };
  return sending.ask(`photos/${each.key}`, { method: "PUT", body: new Blob([head, each.ct]), key, signal, more: headers });
};

async function sendOne(name) {
  const each = await store.kept(name);
  if (!each) return "gone"; // another tab has sent it
  const mine = await store.identity();
  running = new AbortController();
  const timer = setTimeout(() => running?.abort(), PATIENCE);
  try {
    let answer = await hand(each, each.by ?? mine?.key, running.signal);
    if (answer.status === 401 && mine?.also?.includes(each.by)) answer = await hand(each, mine.key, running.signal);
    if (NO_USE.has(answer.status)) await trouble((await answer.json().catch(() => ({}))).message ?? String(answer.status));
    else if (!answer.ok) return "failed";
    await store.drop(name);
    return "gone";
  } catch (problem) {
    return problem.name === "TypeError" || problem.name === "AbortError" ? "stopped" : "failed";
  } finally {
    clearTimeout(timer);
    running = null;
  }
}

/** Send what waits, one after the other, until something written has to go first; how many are left. */
async function send(first) {
  let left = 0;
  for (const name of await store.names(WAITING)) {
    const became = first() ? "stopped" : await sendOne(name);
    if (became === "stopped") return left + 1;
    if (became === "failed") left += 1;
    else sending.tell("changed");
  }
  return left;
}

sending.afterwards(send, () => running?.abort());

/** Something became of a photograph that the person has to know. */
export async function trouble(sentence) {
  const known = await troubles();
  if (!known.includes(sentence)) await store.keep(TROUBLE, [...known, sentence]);
  sending.tell("changed");
}

export const troubles = async () => await store.kept(TROUBLE) ?? [];
export const forgetTroubles = () => store.drop(TROUBLE);

/** This phone is known to nobody any more: they can't be handed in. */
export const letGo = () => store.dropAll(WAITING);
