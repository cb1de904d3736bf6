// Help, quietly: held down, it goes out with what is urgent, locked or not, with or without a network. Nothing sounds,
// nothing moves; the button alone says that it was sent or waits. That is in this page's memory only: whoever takes the
// phone away later sees nothing of it.

import * as sending from "./sending.js";
import { say } from "./words.js";

const button = document.getElementById("help");
let pressed = "";

/** `stop`: the door whose page is open, if one is. */
export function begin(stop) {
  button.addEventListener("click", async () => {
    const made = await sending.report("care.help", null, "danger", { stop: stop()?.ref ?? "" });
    pressed = made.key;
    show(await sending.reports());
  });
}

/** Whether what was pressed last has arrived. */
export function show(said) {
  const mine = said.find((each) => each.key === pressed);
  const text = say(mine ? (mine.arrivedAt ? "helpSent" : "helpWaiting") : "help");
  const place = button.querySelector("span");
  if (place.textContent !== text) place.textContent = text;
}

/** It is there as soon as the phone is known. */
export function place(stage) {
  button.hidden = stage === "enrol" || stage === "choose";
}
