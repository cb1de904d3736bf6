// Whoever walks by keyboard, or hears the page read aloud, never falls out of it: a new screen begins at its heading, and
// what is drawn anew under somebody's hands is found again.

const screen = document.getElementById("screen");
let last = null; // what had the focus last within the screen, unless somebody left it by themselves

const NAMED = ["id", "data-send", "data-go", "data-step", "data-course", "name", "href"];

/** By what a part is found again when its screen has been drawn anew. */
function mark(part) {
  const own = NAMED.find((each) => part.getAttribute(each));
  if (!own) return part.tagName.toLowerCase();
  const value = ["checkbox", "radio"].includes(part.type) ? `[value="${CSS.escape(part.value)}"]` : "";
  return `[${own}="${CSS.escape(part.getAttribute(own))}"]${value}`;
}

addEventListener("pointerdown", () => { last = null; }, true);
addEventListener("focusin", ({ target }) => { last = screen.contains(target) ? target : null; });

function begin() {
  const heading = screen.querySelector("h1, p");
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

/** After a screen was looked at: `moved` to another one, drawn anew or left as it is, with a button that went. */
export function settle(moved) {
  const at = document.activeElement;
  const lost = !at || at === document.body || at.disabled;
  if (moved) return lost || !screen.contains(at) ? begin() : undefined;
  if (!lost || !last || (last.isConnected && !last.disabled)) return undefined;
  const same = screen.querySelector(mark(last));
  const next = same?.disabled || same?.hidden ? same.parentElement.querySelector("button:not(:disabled):not([hidden])") : same;
  return next?.matches("a, button, input, textarea, select, summary") ? next.focus({ preventScroll: true }) : begin();
}
