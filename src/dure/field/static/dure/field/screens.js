// The screens of the worker's phone: the list, one door, its answers, the closed door.

import * as drafts from "./drafts.js";
import * as photos from "./photos.js";
import { settle } from "./focus.js";
import { asked, report } from "./sending.js";
import * as store from "./store.js";
import { offer, picturesOf, show } from "./taking.js";
import * as vault from "./vault.js";
import { fill, icon, make, numberButton, say, time } from "./words.js";

const screen = document.getElementById("screen");
const TONE = { seen_with_concern: "warn", not_attempted: "warn", no_reply: "danger", danger: "danger" };

/** What this phone has reported of a thing today, newest last. */
export const saidOf = (said, about, kind = "care.visit") => said.filter((each) => each.about === about && each.kind === kind);

function outcomeOf(stop, said) {
  const last = saidOf(said, stop.ref).at(-1);
  if (last) return { outcome: last.gravity, at: time(last.made) };
  return { outcome: stop.outcome, at: "" };
}

const floor = (text) => (/^\d+$/.test(text ?? "") ? say("floor", { n: text }) : text);
const way = (stop) => [stop.entrance, floor(stop.floor)].filter(Boolean).join(", ");

export function list(pack, said, { kept, again }) {
  if (pack?.over) return dayOver(again);
  const stops = pack?.stops ?? [];
  const states = stops.map((stop) => outcomeOf(stop, said));
  const done = states.filter((state) => state.outcome).length;
  const values = { left: say("left", { n: stops.length - done }), progress: say("progress", { done, all: stops.length }), kept };
  const page = fill("list", values);
  Object.assign(page.querySelector("progress"), { max: Math.max(1, stops.length), value: done });
  page.querySelector("[data-empty]").hidden = stops.length > 0;
  const next = states.findIndex((state) => !state.outcome);
  page.querySelector("ol").append(...stops.map((stop, at) => row(stop, states[at], at, at === next)));
  courses(page, pack, said, next < 0);
  screen.replaceChildren(page);
}

/** The course is finished and handed in; nobody's data is on the phone any more. */
function dayOver(again) {
  const page = fill("over", {});
  page.querySelector("button").onclick = again;
  screen.replaceChildren(page);
}

function row(stop, { outcome, at }, index, isNext) {
  const where = [stop.address, stop.entrance].filter(Boolean).join(", ");
  const state = outcome ? `${say(outcome)} ${at}` : isNext ? say("next") : stop.hazard || say("by", { time: stop.time });
  const copy = fill("stop", { order: index + 1, name: stop.name, where, state });
  const item = copy.querySelector("li");
  item.classList.add(...(outcome ? ["done"] : isNext ? ["next"] : []), ...(TONE[outcome] ? [TONE[outcome]] : []));
  const closedDoor = outcome === "no_reply" || outcome === "danger";
  item.querySelector("a").href = `#${closedDoor ? "drill" : "stop"}/${stop.ref}`;
  return copy;
}

function courses(page, pack, said, all) {
  const did = (course, what) => saidOf(said, course.ref, "care.course").some((each) => JSON.parse(each.body).did === what);
  const open = (what, field) => (pack?.courses ?? []).filter((course) => !course[field] && !did(course, what));
  for (const button of page.querySelectorAll("[data-course]")) {
    const what = button.dataset.course;
    const mine = open(what, what);
    button.hidden = !mine.length || (what === "finished" && (!all || open("started", "started").length > 0));
    button.onclick = async () => {
      button.disabled = true;
      settle(false);
      for (const course of mine) await report("care.course", course.ref, "", { did: what });
    };
  }
}

/** `results`: what to show below a number that was called. */
function calls(page, stop, results) {
  const place = page.querySelector("[data-calls]");
  const name = (who) => say("call", { name: who });
  const ring = (number, who) => {
    const button = numberButton("tel", number, name(who));
    place.append(button);
    if (results) button.addEventListener("click", () => { if (!button.nextElementSibling?.matches(".called")) button.after(results(who)); });
  };
  for (const number of stop.phones) {
    if (stop.reach !== "text") ring(number, stop.name);
    if (stop.reach !== "phone") place.append(numberButton("sms", number, stop.name));
  }
  for (const each of stop.contacts) {
    const who = [each.name, each.relation && `(${each.relation})`].filter(Boolean).join(" ");
    ring(each.phone, who);
  }
}

/** What came of a call, in one tap; it goes to the case like everything else that was done at the door. */
function called(stop, who) {
  const copy = fill("called", { who: say("called", { name: who }) });
  const place = copy.querySelector(".called");
  for (const button of place.querySelectorAll("button")) {
    button.onclick = () => once(button, async () => {
      await step(stop, "called", { result: button.value }, "", who);
      place.replaceChildren(icon("check"), `${who}: ${button.textContent}`);
    });
  }
  return copy;
}

const shown = (stop) => ({
  ...stop,
  address: [stop.dong, stop.address].filter(Boolean).join(" "),
  entrance: way(stop),
  red: stop.tier === "red",
  slow: stop.slow_minutes ? say("slow", { n: stop.slow_minutes }) : "",
  no_doorbell: stop.reach === "no_doorbell" || stop.reach === "text",
  food: [stop.meals > 1 ? say("meals", { n: stop.meals }) : "", stop.diet, stop.allergies].filter(Boolean).join(" · "),
  look: stop.look_for_last_meal,
});

export function door(stop, said) {
  const { outcome, at } = outcomeOf(stop, said);
  const page = fill("door", { ...shown(stop), reported: outcome ? `${say(outcome)} ${at}` : "" });
  calls(page, stop);
  const form = page.querySelector("form");
  handed(form);
  for (const link of page.querySelectorAll("[data-go]")) link.href = `#${link.dataset.go}/${stop.ref}`;
  for (const button of page.querySelectorAll("[data-send]")) {
    button.onclick = () => once(button, () => answer(stop, said, button.dataset.send, form));
  }
  form.onsubmit = (event) => event.preventDefault();
  screen.replaceChildren(page);
  drafts.of(form, `stop/${stop.ref}`);
}

function handed(form) {
  form.addEventListener("change", () => {
    const chosen = form.querySelector("[name=handed]:checked");
    const proxy = form.querySelector("[data-proxy]");
    if (proxy) proxy.hidden = chosen?.value !== "proxy";
    const now = form.querySelector("[data-handed-now]");
    if (now && chosen) now.textContent = chosen.closest("label").textContent.trim();
  });
}

/** One of the forms: a concern, away, not visited. */
export function form(name, stop, said) {
  const page = fill(name, stop);
  const place = page.querySelector("form");
  handed(place);
  place.onsubmit = (event) => {
    event.preventDefault();
    const wrong = place.querySelector("[required]");
    const empty = wrong && !wrong.value.trim();
    const error = wrong && document.getElementById(wrong.getAttribute("aria-describedby"));
    if (wrong) wrong.setAttribute("aria-invalid", String(Boolean(empty)));
    if (error) error.hidden = !empty;
    if (empty) wrong.focus();
    else once(place.querySelector("button.primary"), () => answer(stop, said, place.dataset.outcome, place));
  };
  screen.replaceChildren(page);
  const changed = drafts.of(place, `${name}/${stop.ref}`);
  if (place.querySelector("[data-photos]")) offer(place, stop, changed);
}

/** One press, one time: a second tap while it works does nothing. */
export async function once(button, work) {
  if (button.dataset.pressed) return;
  button.dataset.pressed = "yes";
  button.setAttribute("aria-busy", "true");
  try {
    await work();
  } finally {
    delete button.dataset.pressed;
    button.removeAttribute("aria-busy");
  }
}

function seenOn(form, outcome) {
  const given = new FormData(form);
  const text = (name) => String(given.get(name) ?? "").trim();
  const nobody = outcome === "no_reply" || outcome === "not_attempted";
  return {
    outcome,
    handed: nobody ? "not_handed" : text("handed"),
    who: text("who") || (text("handed") === "proxy" ? text("proxy") : ""),
    signs: given.getAll("signs"),
    leftover: given.has("leftover"),
    worried: given.has("worried"),
    abuse: given.has("abuse"),
    note: text("note"),
  };
}

/** The answer at a door. A no-reply leaves the phone at once; what to do at the closed door comes after. */
async function answer(stop, said, outcome, form) {
  const body = seenOn(form, outcome);
  const knew = saidOf(said, stop.ref).some((each) => each.gravity === "no_reply" || each.gravity === "danger");
  if (stop.case) body.case = stop.case;
  else if (knew && body.outcome.startsWith("seen_")) await step(stop, "seen", {}, "");
  const made = await report("care.visit", stop.ref, outcome, body);
  await withPhotos(form, stop, made, body.abuse);
  await drafts.forget(stop.ref);
  location.hash = outcome === "no_reply" ? `drill/${stop.ref}` : "";
}

/** The photographs of a form go with its report. Whether or not there is room for them, the report is on its way. */
async function withPhotos(form, stop, made, abuse) {
  const lost = await photos.keep(picturesOf(form), { report: made, about: stop.ref, abuse });
  if (lost) await photos.trouble(say("photosLost", { n: lost }));
}

const step = (stop, did, values, note, who) =>
  report("care.step", stop.case ?? stop.ref, did === "danger" ? "danger" : did === "called" ? "" : "no_reply", { step: did, values, note, ...(who && { who }) });

/** Somebody lies there, calls for help, it smells of gas: 119 is being dialled, everything else follows. */
export async function danger(stop, said) {
  const knew = stop.case || saidOf(said, stop.ref).some((each) => each.gravity === "no_reply");
  if (knew) await step(stop, "danger", {}, "");
  else await report("care.visit", stop.ref, "danger", { outcome: "no_reply", handed: "not_handed", danger: true });
  location.hash = `drill/${stop.ref}`;
}

export const inDanger = (stop, said) =>
  saidOf(said, stop.ref).some((each) => each.gravity === "danger")
  || said.some((each) => each.kind === "care.step" && each.gravity === "danger" && [stop.ref, stop.case].includes(each.about));

/** The closed door: time running, what to try, whom to phone, how it stands behind. */
export function drill(stop, said) {
  const mine = saidOf(said, stop.ref).filter((each) => each.gravity === "no_reply" || each.gravity === "danger");
  const values = { ...shown(stop), planned: stop.planned_response, danger: inDanger(stop, said) };
  values.way_in = [values.entrance, stop.door_code, stop.key_place].filter(Boolean).join(" · ");
  const page = fill("drill", values);
  calls(page, stop, (who) => called(stop, who));
  page.querySelector("[data-go]").href = `#stop/${stop.ref}`;
  page.querySelector("[data-waiting]").dataset.waiting = mine[0]?.made ?? Date.now();
  page.querySelector("[data-state]").append(icon("info"), make("span", { textContent: say(arrived(mine) ? "caseTold" : "caseUnknown") }));
  const place = page.querySelector("form");
  place.onsubmit = (event) => {
    event.preventDefault();
    const names = [...place.querySelectorAll(".drill [type=checkbox]")].map((box) => [box.name, box.checked]);
    const button = place.querySelector("button[data-found]");
    once(button, async () => {
      const made = await step(stop, "door", Object.fromEntries(names), place.elements.note.value.trim());
      await withPhotos(place, stop, made, false);
      await show(place, [], changed);
      await drafts.forget(stop.ref);
      button.classList.remove("primary");
    });
  };
  for (const button of page.querySelectorAll("[data-step]")) {
    const did = said.some((each) => each.kind === "care.step" && [stop.ref, stop.case].includes(each.about) && JSON.parse(each.body).step === button.dataset.step);
    button.disabled = did;
    button.onclick = () => {
      button.disabled = true;
      settle(false);
      step(stop, button.dataset.step, {}, "");
    };
  }
  for (const box of screen.querySelectorAll(".drill [type=checkbox]:checked")) {
    page.querySelector(`.drill [name=${box.name}]`).checked = true; // drawn anew, nothing that was tried is lost
  }
  page.querySelector("#drill-note").value = screen.querySelector("#drill-note")?.value ?? "";
  const before = screen.querySelector(".drill")?.closest("form");
  if (before) show(place, picturesOf(before), () => changed()); // what was taken stays as well
  screen.replaceChildren(page);
  const changed = drafts.of(place, `drill/${stop.ref}`, { anew: !before });
  offer(place, stop, changed);
  tickWaiting();
}

const arrived = (reports) => reports.some((each) => each.arrivedAt);

/** How it stands, asked anew while the worker waits. */
export async function stand(stop, said) {
  const place = screen.querySelector("[data-state] span");
  if (!place || !stop) return;
  const mine = saidOf(said, stop.ref);
  let sentence = say(arrived(mine) || stop.case ? "caseTold" : "caseUnknown");
  if (stop.case) {
    const answer = await asked(`cases/${stop.case}`, { read: true }).catch(() => null);
    if (answer?.ok) [sentence] = [answer.sentence, await remember(stop.case, answer.sentence)];
    else sentence = await remembered(stop.case) ?? sentence;
  }
  if (place.isConnected && place.textContent !== sentence) place.textContent = sentence;
}

async function remember(ref, sentence) {
  const hidden = await vault.hide(`stood ${ref}`, { sentence, at: Date.now() });
  if (hidden) await store.keep(`stood ${ref}`, hidden);
}

/** How it stood when it was last known, and when that was. */
async function remembered(ref) {
  const last = await vault.show(`stood ${ref}`, await store.kept(`stood ${ref}`));
  return last && say("stoodAt", { sentence: last.sentence, time: time(last.at) });
}

export function tickWaiting() {
  const place = screen.querySelector("[data-waiting]");
  if (!place) return;
  const seconds = Math.max(0, Math.floor((Date.now() - Number(place.dataset.waiting)) / 1000));
  place.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
