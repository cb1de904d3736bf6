// Buttons to hold. A click that no hand made (screen reader, voice) counts as held.

const HOLD = 800;
const held = () => document.querySelectorAll("[data-hold].held");
let holding = 0;

function hold(button) {
  if (holding || button.classList.contains("held")) return;
  button.classList.add("held");
  holding = setTimeout(() => {
    release(button);
    button.dataset.ready = "yes";
    button.click();
  }, HOLD);
}

function release(button) {
  clearTimeout(holding);
  holding = 0;
  button.classList.remove("held");
}

function guardHold(event) {
  const button = event.target.closest?.("[data-hold]");
  if (!button) return;
  const byHand = event.detail > 0 || keyDown;
  if (button.dataset.ready || !byHand) delete button.dataset.ready;
  else {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}

let keyDown = false;
const isPress = (event) => event.key === "Enter" || event.key === " ";

document.addEventListener("pointerdown", (event) => {
  const button = event.target.closest?.("[data-hold]");
  if (button && event.button === 0) hold(button);
});
for (const kind of ["pointerup", "pointercancel", "pointerleave", "blur"]) {
  document.addEventListener(kind, (event) => {
    // Pressing one thing takes the focus off another, and things leave each other whenever a page is drawn anew.
    const ofOne = kind === "pointerleave" || kind === "blur";
    for (const button of held()) if (!ofOne || event.target === button) release(button);
  }, true);
}
document.addEventListener("keydown", (event) => {
  const button = event.target.closest?.("[data-hold]");
  if (!button || !isPress(event)) return;
  keyDown = true;
  if (!event.repeat) hold(button);
}, true);
document.addEventListener("keyup", (event) => {
  if (!isPress(event)) return;
  held().forEach(release);
  setTimeout(() => { keyDown = false; });
}, true);
document.addEventListener("click", guardHold, true);
document.addEventListener("contextmenu", (event) => {
  if (event.target.closest?.("[data-hold]")) event.preventDefault(); // a long press is not a menu here
});
