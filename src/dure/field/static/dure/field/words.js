// Words and pieces of the page: they stand in the page's templates, in its language; here they are only filled in.

const words = JSON.parse(document.getElementById("words").textContent);
export const settings = JSON.parse(document.getElementById("settings").textContent);
const icons = document.getElementById("screen").dataset.icons;

/** A sentence of the page with its values. */
export const say = (name, values = {}) =>
  (words[name] ?? "").replace(/\{(\w+)\}/g, (_all, part) => values[part] ?? "");

/** How long ago, in words that change once a minute. */
export function age(since, now = Date.now()) {
  const minutes = Math.floor((now - since) / 60_000);
  if (minutes < 1) return say("moments");
  return minutes < 60 ? say("minutes", { n: minutes }) : say("hours", { n: Math.floor(minutes / 60) });
}

export const time = (moment) => new Date(moment).toTimeString().slice(0, 5);

/** A copy of a template: [data-text] gets its value, [data-if] without a value goes. */
export function fill(name, values) {
  const copy = document.getElementById(name).content.cloneNode(true);
  for (const part of copy.querySelectorAll("[data-if]")) if (!values[part.dataset.if]) part.remove();
  for (const part of copy.querySelectorAll("[data-text]")) part.textContent = values[part.dataset.text] ?? "";
  return copy;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${icons}#${name}`);
  svg.append(use);
  return svg;
}

export function make(tag, values, ...children) {
  const made = Object.assign(document.createElement(tag), values);
  made.append(...children);
  return made;
}

/** A button that calls or writes to a number. */
export function numberButton(scheme, number, label, className = "button block") {
  const digits = String(number).replace(/[^\d+*#]/g, "");
  return make("a", { className, href: `${scheme}:${digits}` }, icon(scheme === "tel" ? "phone" : "message"), label);
}
