// An urgent report as a text message, for when there is no network: a sentence without a name, and a code that the
// server reads as the same report. It is written when the report is made and lies beside it, so it needs no PIN.
// How the code is made up: shortcode.py writes the same one.

import { utf8 } from "./bytes.js";
import * as store from "./store.js";
import { make, numberButton, say, time } from "./words.js";

const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const DATA = 5; // letters in a group before the one that checks it
const MINUTES = 32 ** 3;
const step = (name) => (kind, body) => kind === "care.step" && body.step === name;
const nobody = (danger) => (kind, body) => kind === "care.visit" && body.outcome === "no_reply" && Boolean(body.danger) === danger;
const WHAT = [
  nobody(false), nobody(true), step("danger"), step("called_119"), step("arrived_119"), step("seen"),
  (kind) => kind === "field.danger", (kind) => kind === "care.help",
];
const SENTENCES = ["textNoReply", "textDanger", "textDanger", "textCalled", "textArrived", "textSeen", "textPressed", "textHelp"];
const GRAVE = new Set([1, 2, 6, 7]);

let place = () => ({}); // { order, dong } of a stop or case, as far as it is known

/** Who knows where a stop stands in today's list, and its dong. */
export const asks = (where) => { place = where; };

const letters = (value, length) => Array.from({ length }, (_none, at) => LETTERS[(value >> (5 * (length - 1 - at))) & 31]).join("");
const hex = (raw) => Array.from(new Uint8Array(raw), (byte) => byte.toString(16).padStart(2, "0")).join("");
const sha256 = async (said) => hex(await crypto.subtle.digest("SHA-256", utf8(said)));

async function hmac(secret, said) {
  const key = await crypto.subtle.importKey("raw", utf8(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8(said)));
}

function check(group, part) {
  let total = 0;
  for (const letter of [...part].reverse()) {
    total = (total ^ LETTERS.indexOf(letter)) << 1;
    if (total & 32) total ^= 0b100101;
  }
  return LETTERS[total ^ (group + 1)];
}

/** The code, and the key of the report that it is: { code, key }. */
export async function code(what, secret, about, seed, made) {
  const phone = await sha256(secret);
  const short = async (text) => parseInt((await sha256(text)).slice(0, 5), 16);
  const said = letters(what, 1) + letters(parseInt(phone.slice(0, 5), 16), 4) + letters(await short(about ?? ""), 4)
    + letters(seed, 2) + letters(Math.floor(made / 60_000) % MINUTES, 3);
  const sum = await hmac(phone, `dure code 1 ${said}`);
  const all = said + letters(((sum[0] << 24) | (sum[1] << 16) | (sum[2] << 8) | sum[3]) >>> 2, 6);
  const groups = [0, 1, 2, 3].map((at) => all.slice(at * DATA, at * DATA + DATA)).map((part, at) => part + check(at, part));
  const raw = (await hmac(phone, `dure key 1 ${said}`)).slice(0, 16);
  raw[6] = (raw[6] & 0x0f) | 0x80;
  raw[8] = (raw[8] & 0x3f) | 0x80;
  return { code: groups.join("-"), key: hex(raw).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-") };
}

/** The text message of a report and the report's key: { key, text: { said, grave } }; none when a code can't say it. */
export async function write({ kind, about, body, made, secret }) {
  const what = WHAT.findIndex((fits) => fits(kind, body));
  if (what < 0 || !secret) return null;
  const [seed] = crypto.getRandomValues(new Uint16Array(1));
  const written = await code(what, secret, about, seed & 1023, made);
  const { order, dong } = place(about) ?? {};
  const where = [order && say("textStop", { order }), dong?.slice(0, 8)].filter(Boolean).join(", ");
  const said = say(SENTENCES[what], { where: where && `${where}. ` });
  return { key: written.key, text: { said: `${said} ${say("textCode")} ${written.code}`, grave: GRAVE.has(what) } };
}

// iOS takes what is to be written after "&", everything else after "?"
const mark = /iP(hone|ad|od)|Macintosh/.test(navigator.userAgent) ? "&" : "?";

/** What to press so that the gravest of these goes as a text message, and when one was written last; `then` is called when it is. */
export function offer(late, number, then) {
  const texts = late.filter((each) => each.text && number);
  const left = texts.filter((each) => !each.written);
  const next = left.find((each) => each.text.grave) ?? left[0];
  const last = Math.max(0, ...texts.map((each) => each.written ?? 0));
  const shown = last ? [make("p", { textContent: say("textWritten", { time: time(last) }) })] : [];
  if (!next) return shown;
  const press = numberButton("sms", number, say("textSend"), "button primary large block");
  press.href += `${mark}body=${encodeURIComponent(next.text.said)}`;
  press.addEventListener("click", () => wrote(next.key).then(then));
  return [...shown, press, make("p", { className: "muted", textContent: next.text.said })];
}

async function wrote(key) {
  const each = (await store.reports()).find((one) => one.key === key && !one.arrivedAt);
  if (each) await store.put({ ...each, written: Date.now() });
}
