// The worker's phone: which screen is shown, what is always in sight, when the stops are fetched, when it locks.

import * as drafts from "./drafts.js";
import { end, tellEnd, tellLost } from "./ending.js";
import { settle } from "./focus.js";
import * as help from "./help.js";
import * as lock from "./lock.js";
import * as moved from "./moved.js";
import * as photos from "./photos.js";
import * as screens from "./screens.js";
import * as sending from "./sending.js";
import * as shell from "./shell.js";
import * as store from "./store.js";
import * as texting from "./texting.js";
import * as vault from "./vault.js";
import { age, icon, make, numberButton, say, settings, time } from "./words.js";

const FRESH = 60_000;
const STAND = 5_000;
const NEWER = 3_600_000;
const IDLE = settings.lockMinutes * 60_000;
const AT_THE_DOOR = 3_600_000; // who waits at a closed door isn't locked out meanwhile
const FORMS = ["concern", "away", "skipped"];
const find = (id) => document.getElementById(id);

let pack = null;
let said = [];
let pictures = { count: 0, since: 0 }; // photographs that wait
let troubles = []; // what became of others
let changes = { gone: [], come: [] }; // of the list, not read yet
let stage = ""; // which of the screens before the stops is due: enrol, choose, locked; none: the stops
let ended = null; // why nothing can be read here any more
let code = ""; // out of a link
let away = false; // no network
let seen = ""; // of which day the worker wants to see the stops although the course is over
let denied = ""; // why the server shows nothing
let desk = null; // whom to call, also while locked
let drawn = null; // nothing yet
let listed = "";
let touched = Date.now();

const route = () => {
  const [name, ref] = location.hash.slice(1).split("/");
  const stop = pack?.stops?.find((each) => each.ref === ref);
  return stop ? { name, stop } : { name: "list", stop: null };
};

/** Which screen comes before the stops. */
async function staged() {
  const mine = await store.identity();
  ended = await store.kept("ended");
  if (location.hash.startsWith("#code=")) {
    code = location.hash.slice(6).replace(/\D/g, "");
    history.replaceState(null, "", location.pathname);
  }
  if (!mine || ended || code || location.hash === "#code") return "enrol";
  if (!await vault.isThere()) return "choose";
  return vault.isOpen() ? "" : "locked";
}

/** Draw the screen of the address. A form somebody is filling in is left alone unless the address has changed. */
function draw() {
  if (stage) return drawBefore();
  const { name, stop } = route();
  const here = location.hash;
  const still = here === drawn && [...FORMS, "stop", "drill"].includes(name);
  head(name, stop);
  if (still && !(name === "drill" && screens.inDanger(stop, said) && !document.querySelector(".press119"))) return settle(false);
  const moved = drawn !== here;
  if (name === "stop") screens.door(stop, said);
  else if (name === "drill") screens.drill(stop, said);
  else if (FORMS.includes(name)) screens.form(name, stop, said);
  else list(moved);
  drawn = here;
  if (moved || name === "drill") scrollTo(0, 0);
  return settle(moved);
}

function drawBefore() {
  head(stage, null);
  if (!document.querySelector("#screen input")?.value && shell.beginNew()) return;
  const here = stage + code + (ended?.why ?? "");
  if (drawn === here) return;
  const first = drawn === null;
  drawn = here;
  const why = { pins: say("wipedPins"), ended: say("wipedEnded"), unknown: say("wipedUnknown") }[ended?.why] ?? "";
  if (stage === "enrol") lock.enrol(begun, { code, why, back: location.hash === "#code" && !ended });
  else if (stage === "choose") lock.choose(begun);
  else lock.ask((how) => (how === "open" ? begun() : over("pins")));
  scrollTo(0, 0);
  if (!first) settle(true);
}

/** The list is drawn anew only when it says something new, so that no tap falls into a gap. */
function list(moved) {
  const kept = shell.isKept();
  const says = JSON.stringify([pack, said.map((each) => each.key), kept]);
  if (moved || says !== listed) screens.list(pack, said, { kept, again: seeAgain });
  listed = says;
}

function head(name, stop) {
  find("brand").hidden = Boolean(stop);
  find("back").hidden = !stop;
  find("back").href = stop && FORMS.includes(name) ? `#stop/${stop.ref}` : "#";
  find("danger").hidden = !stop && name !== "locked";
  help.place(name);
  const course = [...new Set(pack?.courses?.map((each) => each.name))].join(", ");
  find("course-name").textContent = course || say("course");
  find("call-desk").hidden = !desk?.phone;
  if (desk?.phone) {
    find("call-desk").href = `tel:${desk.phone.replace(/[^\d+]/g, "")}`;
    find("call-desk").querySelector("span").textContent = say("callDesk");
    find("call-desk").title = desk.name;
  }
}

/** What is sent and what isn't, and since when: always in sight, locked or not. */
function showSent() {
  const left = said.filter((each) => !each.arrivedAt);
  const refused = left.filter((each) => each.refused);
  const oldest = Math.min(...left.map((each) => each.made));
  let [className, image, text] = ["sync sent", "check", say("allSent")];
  if (left.length) [className, image, text] = ["sync waiting", "clock", say("toSend", { count: left.length, age: age(oldest) })];
  if (pictures.count) {
    const waits = left.length ? say("andPhotos", { count: pictures.count }) : say("photosToSend", { count: pictures.count, age: age(pictures.since) });
    [className, image, text] = ["sync waiting", "clock", left.length ? `${text} · ${waits}` : waits];
  }
  if (refused.length) [className, image, text] = ["sync failed", "alert", say("notTaken", { count: refused.length, age: age(oldest) })];
  const place = find("sent");
  if (place.dataset.text === text) return;
  place.dataset.text = text;
  place.className = className;
  place.replaceChildren(icon(image), text);
}

function showNotices() {
  const made = [];
  const patience = (pack?.urgent_unsent_seconds ?? 600) * 1000;
  const late = said.filter((each) => !each.arrivedAt && each.urgent && Date.now() - each.made > patience);
  if (late.length) made.push(urgentUnsent(late));
  for (const message of new Set(said.filter((each) => !each.arrivedAt && each.refused).map((each) => each.refused))) {
    made.push(notice("danger", message));
  }
  if (denied) made.push(notice("danger", denied));
  for (const sentence of troubles) made.push(toRead("warn", sentence, photos.forgetTroubles));
  if (!stage) for (const [name, which] of [["stopsGone", changes.gone], ["stopsCome", changes.come]]) {
    if (which.length) made.push(toRead("info", say(name, { n: which.length, names: which.map(([, who]) => who).join(", ") }), moved.read));
  }
  if (away && pack?.fetched) made.push(notice("warn", say("away", { time: time(pack.fetched) })));
  const text = made.map((each) => each.textContent).join();
  if (find("notices").dataset.text === text) return;
  find("notices").dataset.text = text;
  find("notices").replaceChildren(...made);
}

const notice = (tone, text) =>
  make("div", { className: `notice ${tone}` }, icon("alert"), make("div", {}, make("p", { textContent: text })));

/** Stays until somebody has read it. */
function toRead(tone, text, forget) {
  const made = notice(tone, text);
  made.lastChild.className = "stack";
  made.lastChild.append(make("button", { type: "button", className: "button", textContent: say("seenIt"), onclick: () => forget().then(refresh) }));
  return made;
}

function urgentUnsent(late) {
  const made = notice("danger", say("unsent", { age: age(late[0].made) }));
  made.lastChild.className = "stack";
  if (desk?.phone) made.lastChild.append(numberButton("tel", desk.phone, say("call", { name: desk.name })));
  made.lastChild.append(...texting.offer(late, desk?.sms, refresh));
  return made;
}

/** Where a stop, or its case, stands in today's list: for a text message, which names nobody. */
function placeOf(about) {
  const at = pack?.stops?.findIndex((stop) => about && (stop.ref === about || stop.case === about)) ?? -1;
  return at < 0 ? {} : { order: at + 1, dong: pack.stops[at].dong };
}

async function refresh() {
  stage = await staged();
  said = await sending.reports();
  [pictures, troubles, changes] = await Promise.all([photos.waiting(), photos.troubles(), moved.unread()]);
  draw();
  showSent();
  showNotices();
  help.show(said);
}

async function keepDesk(given) {
  if (!given?.phone || (given.phone === desk?.phone && given.sms === desk?.sms)) return;
  desk = given;
  await store.keep("desk", given);
}

/** Fetch the stops; locked, only hear whether this phone still may show anybody. */
async function fetchPack() {
  await tellLost();
  const mine = await store.identity();
  if (mine) {
    try {
      denied = "";
      const answer = vault.isOpen() && !ended ? await readPack(mine) : await sending.asked("hello");
      away = false;
      await hear(answer, mine);
    } catch {
      away = true;
    }
    if (await tellEnd()) location.reload();
  }
  return refresh();
}

/** What the server answers to who asks for the stops, once it knows with which key this phone reads. */
async function readPack() {
  if (!await store.kept("readTold")) {
    const read_key = await vault.readKey();
    const told = await sending.asked("read-key", { method: "PUT", body: JSON.stringify({ read_key }) });
    if (!told.ok) return told;
    await store.keep("readTold", true);
  }
  return sending.asked("pack", { read: true });
}

/** The stops of another day aren't kept. Only the server knows what day it is: a phone's clock may be wrong. */
async function letYesterdayGo(today) {
  const day = await store.kept("day");
  if (!day || !today || day === today) return;
  pack = null;
  await forgetDay();
}

async function forgetDay() {
  for (const name of ["pack", "day"]) await store.drop(name);
  await Promise.all([drafts.forget(), moved.read(), store.dropAll("stood ")]);
}

/** The course is finished and everything is handed in: nobody's data stays on the phone. */
async function endDay(given) {
  const finished = given.courses.length > 0 && given.courses.every((course) => course.finished);
  const over = finished && given.stops.every((stop) => stop.outcome);
  if (!over || seen === given.day || (await sending.waiting()).length || (await photos.waiting()).count) return false;
  pack = { over: true, day: given.day, stops: [], courses: [] };
  await forgetDay();
  await store.withoutCopies();
  sending.forgetCopies();
  return true;
}

function seeAgain() {
  seen = pack.day;
  fetchPack();
}

async function hear(answer, mine) {
  if (answer.ok && answer.revoked) return over("ended");
  if (answer.status === 401 && answer.why === "unknown") return over("unknown");
  if (answer.status === 403 && answer.why === "ended") return over("ended");
  if (!answer.ok) {
    denied = answer.message ?? "";
    return undefined;
  }
  await letYesterdayGo(answer.day);
  await keepDesk(answer.desk);
  if (answer.ref && answer.ref !== mine.ref) await store.keepIdentity({ ...mine, ref: answer.ref });
  if (!answer.stops || !vault.isOpen()) return undefined;
  if (await endDay(answer)) return undefined;
  await moved.notice(pack, answer);
  pack = { ...moved.withOpen(answer, route().stop), fetched: Date.now() };
  await store.keep("pack", await vault.hide("pack", pack));
  await store.keep("day", answer.day);
  return sending.tidy(new Date().setHours(0, 0, 0, 0));
}

/** Nothing can be read on this phone any more; what it has left is sent all the same. */
async function over(why) {
  pack = null;
  await end(why);
  sending.send();
  await refresh();
  if (why === "pins" && (await tellEnd())) location.reload();
}

/** The phone has just been made known, or was unlocked. */
async function begun() {
  code = "";
  touched = Date.now();
  if (location.hash === "#code") history.replaceState(null, "", location.pathname);
  drawn = null;
  await readKept();
  await refresh();
  await fetchPack();
  sending.send();
}

async function readKept() {
  pack = await vault.show("pack", await store.kept("pack")) ?? pack;
}

/** Unused for a while, the phone shows nobody any more; at a closed door it waits longer. */
function lockIdle() {
  const patience = route().name === "drill" ? AT_THE_DOOR : IDLE;
  if (vault.isOpen() && Date.now() - touched > patience) lockNow();
}

function lockNow() {
  vault.close();
  sending.forgetCopies();
  pack = null;
  said = [];
  drawn = listed = "";
  refresh();
}

function inDanger() {
  if (stage) sending.report("field.danger", null, "danger", {});
  else screens.danger(route().stop, said);
}

function heard(what) {
  if (what === "wiped") location.reload();
  else if (what === "arrived") fetchPack().then(() => { if (!stage) screens.stand(route().stop, said); });
  else refresh();
}

async function start() {
  if (!await vault.isPossible()) return lock.impossible();
  await store.adopt(sending.sealed);
  desk = (await store.kept("desk")) ?? null;
  sending.listen(heard);
  texting.asks(placeOf);
  addEventListener("hashchange", refresh);
  find("danger").addEventListener("click", inDanger); // after the browser dials
  help.begin(() => route().stop);
  for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, () => { touched = Date.now(); }, { passive: true });
  setInterval(screens.tickWaiting, 1000);
  setInterval(() => { if (!stage) screens.stand(route().stop, said); }, STAND);
  setInterval(() => { lockIdle(); showSent(); showNotices(); }, 5000);
  setInterval(() => { if (!document.hidden) fetchPack(); }, FRESH);
  setInterval(shell.lookForNew, NEWER);
  addEventListener("online", fetchPack);
  document.addEventListener("visibilitychange", () => { lockIdle(); if (!document.hidden) fetchPack(); });
  await refresh();
  shell.keep(refresh);
  sending.begin();
  return fetchPack();
}

start();
