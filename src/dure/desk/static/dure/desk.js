// What the pages do beyond links and forms: running times, live parts, light and dark, sound, buttons to hold.
// Without this file everything can still be read and done; the moments are then shown instead of the seconds.

import "./hold.js";

const words = document.body.dataset;
const all = (what, within = document) => [...within.querySelectorAll(what)];

// --- Time. It is the server's, not this machine's: a page says what it was, each answer says it again.

let ahead = 0;

function hearTime(text) {
  const moment = Date.parse(text ?? "");
  if (!Number.isNaN(moment)) ahead = moment - Date.now();
}

function clockText(milliseconds) {
  const seconds = Math.floor(Math.abs(milliseconds) / 1000);
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

function write(element, figure, sentence) {
  const [before, after] = sentence.split("{time}");
  const shown = before + figure + after;
  if (element.textContent === shown) return;
  const part = (name, text) => Object.assign(document.createElement("span"), { className: name, textContent: text });
  element.replaceChildren(part("word", before), part("value", figure), part("word", after));
}

function tick() {
  const now = Date.now() + ahead;
  for (const element of all("[data-due]")) {
    const left = Date.parse(element.dataset.due) - now;
    if (Math.abs(left) > 86_400_000) continue; // a day or more: the moment says it better
    element.dataset.state = left < 0 ? "over" : left < 300_000 ? "soon" : "later";
    write(element, clockText(left), left < 0 ? words.over : words.left);
  }
  for (const element of all("[data-since]")) {
    write(element, clockText(Math.max(0, now - Date.parse(element.dataset.since))), "{time}");
  }
}

// --- Live parts. An element with data-live asks again every few seconds (hx-trigger="every 5s").

const lastText = new Map();
let heardAt = Date.now();

/** The part as text, but for the form's token, which is new in every answer and no news. */
const news = (html) => html.replaceAll(/name="csrfmiddlewaretoken" value="\w+"/g, "");

const isLive = (event) => event.detail.requestConfig?.elt?.matches("[data-live]") ?? false;

/** Somebody is filling in a form inside the part: what is open stays as it is, all around it is renewed. */
function keepWhatIsOpen(part, html) {
  const open = all("details.reveal[open][id]", part);
  if (!open.length) return html;
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  for (const { id } of open) fresh.content.getElementById(id)?.setAttribute("hx-preserve", "true");
  return fresh.innerHTML;
}

function beforeSwap(event) {
  const { detail } = event;
  if (!isLive(event)) {
    lastText.clear(); // somebody did something: the next answer of each live part counts as new
    if (detail.xhr.status === 409) showRefusal(detail);
    return;
  }
  if (detail.xhr.status !== 200) return;
  if (lastText.get(detail.elt.id) === news(detail.serverResponse)) {
    detail.shouldSwap = false; // nothing new: leave focus and selection alone
    return;
  }
  lastText.set(detail.elt.id, news(detail.serverResponse));
  detail.serverResponse = keepWhatIsOpen(detail.elt, detail.serverResponse);
}

/** A refusal is a sentence at the head of the page; what the person was doing stays as it was. */
function showRefusal(detail) {
  detail.target = document.getElementById("messages");
  detail.selectOverride = ".notice";
  detail.swapOverride = "innerHTML show:window:top";
}

/** Signed out: nothing of anybody stays on the screen, and nobody takes it for a quiet night. */
function showSignedOut() {
  const main = document.getElementById("main");
  if (main.dataset.signedOut) return;
  main.dataset.signedOut = "yes";
  const link = Object.assign(document.createElement("a"), {
    className: "button primary large",
    textContent: words.signIn,
    href: `/login/?next=${encodeURIComponent(location.pathname + location.search)}`,
  });
  const notice = Object.assign(document.createElement("div"), { className: "card narrow stack" });
  notice.setAttribute("role", "alert");
  const sentence = Object.assign(document.createElement("p"), { textContent: words.signedOutWhy });
  const head = Object.assign(document.createElement("h1"), { textContent: words.signedOut });
  notice.append(head, sentence, link);
  main.replaceChildren(notice);
  document.querySelector(".head-inner")?.replaceChildren();
  document.getElementById("banners")?.remove();
  document.title = words.signedOut;
  beep();
}

function afterRequest(event) {
  const { xhr, successful } = event.detail;
  if (isLive(event) && xhr?.status === 401) showSignedOut();
  hearTime(xhr?.getResponseHeader?.("Dure-Now"));
  if (!isLive(event)) {
    if (!xhr?.status) say(words.unsent);
    else if (xhr.status >= 500) say(words.failed);
  } else if (successful || xhr?.status === 304) {
    heardAt = Date.now();
  }
}

/** A board that stands still must not look like a quiet night. */
function showWhetherLive() {
  const lost = all("[data-live]").length > 0 && Date.now() - heardAt > 20_000;
  document.getElementById("lost")?.toggleAttribute("hidden", !lost);
  for (const element of all(".live")) element.dataset.state = lost ? "lost" : "heard";
}

function say(sentence) {
  const place = document.getElementById("unsent");
  if (!place || !sentence) return;
  place.textContent = sentence;
  place.hidden = false;
}

// --- Light and dark. The server reads the cookie, so a page never flashes.

const MEDIA = { light: "not all", dark: "screen", auto: "screen and (prefers-color-scheme: dark)" };

function showTheme(choice) {
  for (const button of all("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
  }
}

function chooseTheme(choice) {
  document.getElementById("dark").media = MEDIA[choice];
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `theme=${choice}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  showTheme(choice);
}

// --- Sound. Off until a person switches it on; browsers stay silent before the first click on a page.

let audio = null;
let known = new Set();
const wantsSound = () => localStorage.getItem("sound") === "on";

function beep() {
  if (!wantsSound() || audio?.state !== "running") return;
  for (const [pitch, after] of [[880, 0], [660, 0.22]]) {
    const from = audio.currentTime + after;
    const tone = new OscillatorNode(audio, { frequency: pitch });
    const loudness = new GainNode(audio, { gain: 0 });
    loudness.gain.linearRampToValueAtTime(0.25, from + 0.02);
    loudness.gain.linearRampToValueAtTime(0, from + 0.2);
    tone.connect(loudness).connect(audio.destination);
    tone.start(from);
    tone.stop(from + 0.21);
  }
}

async function wakeSound() {
  if (!wantsSound()) return;
  audio ??= new AudioContext();
  await audio.resume();
  showSound();
}

function showSound() {
  const state = !wantsSound() ? "off" : audio?.state === "running" ? "on" : "asleep";
  for (const button of all("[data-sound-switch]")) {
    button.hidden = false;
    button.setAttribute("aria-pressed", String(wantsSound()));
    button.querySelector(".word").textContent = button.dataset[state];
  }
}

async function switchSound() {
  const asleep = wantsSound() && audio?.state !== "running";
  localStorage.setItem("sound", wantsSound() && !asleep ? "off" : "on");
  await wakeSound();
  showSound();
  beep();
}

/** One call for what is new, and the number in the tab's title. data-siren calls until somebody has it. */
function hearUrgent() {
  const here = new Set(all("[data-urgent]").map((element) => element.dataset.urgent));
  if ([...here].some((ref) => !known.has(ref))) beep();
  known = here;
  const title = document.title.replace(/^\(\d+\) /, "");
  document.title = here.size ? `(${here.size}) ${title}` : title;
}

// --- Paper takes names along, so the server is told of it.

addEventListener("beforeprint", () => {
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (!token) return;
  const page = location.pathname;
  fetch("/looks/printed/", {method: "POST", keepalive: true, body: new URLSearchParams({page, csrfmiddlewaretoken: token})});
});

// --- Menus close as people expect them to.

document.addEventListener("click", (event) => {
  for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  const theme = event.target.closest?.("[data-theme-choice]");
  if (theme) chooseTheme(theme.dataset.themeChoice);
  if (event.target.closest?.("[data-sound-switch]")) switchSound();
  else if (audio?.state !== "running") wakeSound();
  if (event.target.closest?.("[data-print]")) print();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = event.target.closest?.("details[open]:is(.menu, .reveal)");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

document.addEventListener("htmx:beforeSwap", beforeSwap);
document.addEventListener("htmx:afterRequest", afterRequest);
document.addEventListener("htmx:afterSwap", () => {
  tick();
  hearUrgent();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) heardAt = Math.max(heardAt, Date.now() - 12_000); // a tab in the background asks rarely
});

hearTime(document.querySelector('meta[name="dure-now"]')?.content);
showTheme(document.documentElement.dataset.theme || "auto");
showSound();
wakeSound();
known = new Set(all("[data-urgent]").map((element) => element.dataset.urgent));
tick();
hearUrgent();
document.querySelector(".nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
setInterval(tick, 1000);
setInterval(showWhetherLive, 2000);
setInterval(() => { if (document.querySelector("[data-siren]")) beep(); }, 20_000);
