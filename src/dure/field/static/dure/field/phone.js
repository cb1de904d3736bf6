// The worker's phone: which screen is shown, what is always in sight, when the stops are fetched.

import * as screens from "./screens.js";
import * as sending from "./sending.js";
import * as store from "./store.js";
import { age, icon, make, numberButton, say, time } from "./words.js";

const FRESH = 60_000;
const STAND = 5_000;
const find = (id) => document.getElementById(id);

let pack = null;
let said = [];
let unknown = false; // the server doesn't know this phone any more
let away = false; // no network
let denied = ""; // why the server shows nothing
let drawn = "";
let listed = "";

const route = () => {
  const [name, ref] = location.hash.slice(1).split("/");
  const stop = pack?.stops?.find((each) => each.ref === ref);
  return stop ? { name, stop } : { name: "list", stop: null };
};

/** Draw the screen of the address. A form somebody is filling in is left alone unless the address has changed. */
function draw() {
  const { name, stop } = route();
  const known = store.key() && !unknown;
  const here = known ? location.hash : "enrol";
  const still = here === drawn && ["stop", "concern", "away", "skipped", "drill"].includes(name) && known;
  head(known ? name : "enrol", stop);
  if (still && !(name === "drill" && screens.inDanger(stop, said) && !document.querySelector(".press119"))) return;
  const moved = drawn !== here;
  if (!known) {
    if (drawn !== "enrol") screens.enrol(begun);
  } else if (name === "stop") screens.door(stop, said);
  else if (name === "drill") screens.drill(stop, said);
  else if (["concern", "away", "skipped"].includes(name)) screens.form(name, stop, said);
  else list(moved);
  drawn = here;
  if (moved || name === "drill") scrollTo(0, 0);
}

/** The list is drawn anew only when it says something new, so that no tap falls into a gap. */
function list(moved) {
  const says = JSON.stringify([pack?.stops, pack?.courses, said.map((each) => each.key)]);
  if (moved || says !== listed) screens.list(pack, said);
  listed = says;
}

function head(name, stop) {
  find("brand").hidden = Boolean(stop);
  find("back").hidden = !stop;
  find("back").href = stop && ["concern", "away", "skipped"].includes(name) ? `#stop/${stop.ref}` : "#";
  find("danger").hidden = !stop;
  const course = pack?.courses?.map((each) => each.name).join(", ");
  if (course) find("course-name").textContent = course;
  const desk = pack?.desk;
  find("call-desk").hidden = !desk?.phone;
  if (desk?.phone) {
    find("call-desk").href = `tel:${desk.phone.replace(/[^\d+]/g, "")}`;
    find("call-desk").querySelector("span").textContent = say("callDesk");
    find("call-desk").title = desk.name;
  }
}

/** What is sent and what isn't, and since when: always in sight. */
function showSent() {
  const left = said.filter((each) => !each.arrivedAt);
  const refused = left.filter((each) => each.refused);
  const oldest = Math.min(...left.map((each) => each.made));
  let [className, image, text] = ["sync sent", "check", say("allSent")];
  if (left.length) [className, image, text] = ["sync waiting", "clock", say("toSend", { count: left.length, age: age(oldest) })];
  if (refused.length) [className, image, text] = ["sync failed", "alert", say("notTaken", { count: refused.length })];
  const place = find("sent");
  if (place.dataset.text === text) return;
  place.dataset.text = text;
  place.className = className;
  place.replaceChildren(icon(image), text);
}

function showNotices() {
  const made = [];
  const patience = (pack?.urgent_unsent_seconds ?? 600) * 1000;
  const urgent = said.find((each) => !each.arrivedAt && ["no_reply", "danger"].includes(each.gravity) && Date.now() - each.made > patience);
  if (urgent) made.push(urgentUnsent(urgent));
  for (const message of new Set(said.filter((each) => !each.arrivedAt && each.refused).map((each) => each.refused))) {
    made.push(notice("danger", message));
  }
  if (denied) made.push(notice("danger", denied));
  if (away && pack) made.push(notice("warn", say("away", { time: time(pack.fetched) })));
  const text = made.map((each) => each.textContent).join();
  if (find("notices").dataset.text === text) return;
  find("notices").dataset.text = text;
  find("notices").replaceChildren(...made);
}

const notice = (tone, text) =>
  make("div", { className: `notice ${tone}` }, icon("alert"), make("div", {}, make("p", { textContent: text })));

function urgentUnsent(each) {
  const made = notice("danger", say("unsent", { age: age(each.made) }));
  const desk = pack?.desk;
  if (!desk?.phone) return made;
  const at = pack.stops.findIndex((stop) => stop.ref === each.about || stop.case === each.about);
  const body = say("smsBody", { order: at + 1 || "?", dong: pack.stops[at]?.dong ?? "" });
  const write = numberButton("sms", desk.phone, desk.name);
  write.href += `?body=${encodeURIComponent(body)}`;
  made.lastChild.append(numberButton("tel", desk.phone, say("call", { name: desk.name })), write);
  return made;
}

async function refresh() {
  said = await store.reports();
  draw();
  showSent();
  showNotices();
}

/** Fetch the stops. Without a network those of today that the phone has are shown, never another day's. */
async function fetchPack() {
  if (!store.key()) return refresh();
  try {
    const answer = await sending.ask("pack");
    unknown = answer.status === 401;
    away = false;
    denied = answer.ok || unknown ? "" : (await answer.json()).message;
    if (answer.ok) {
      pack = { ...await answer.json(), fetched: Date.now() };
      await store.keep("pack", pack);
      await sending.tidy(new Date().setHours(0, 0, 0, 0));
    } else {
      pack = null;
      await store.keep("pack", null);
    }
  } catch {
    away = true;
  }
  return refresh();
}

async function begun() {
  unknown = false;
  drawn = "";
  location.hash = "";
  await fetchPack();
  sending.send();
}

async function start() {
  const before = await store.kept("pack");
  if (before && new Date(before.fetched).toDateString() === new Date().toDateString()) pack = before;
  sending.listen((arrived) => (arrived ? fetchPack() : refresh()));
  addEventListener("hashchange", refresh);
  find("danger").addEventListener("click", () => screens.danger(route().stop, said)); // after the browser dials
  setInterval(screens.tickWaiting, 1000);
  setInterval(() => screens.stand(route().stop, said), STAND);
  setInterval(() => { showSent(); showNotices(); }, 5000);
  setInterval(() => { if (!document.hidden) fetchPack(); }, FRESH);
  addEventListener("online", fetchPack);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) fetchPack(); });
  await refresh();
  sending.begin();
  await fetchPack();
}

start();
