// Taking photographs in a form: made small here, which also leaves out what the camera wrote into them; shown, and taken
// back at a touch. The camera is the phone's own; nothing of it is kept outside the form before it is sent.

import { make, say } from "./words.js";

const LONGEST = 1280;
const AT_MOST = 150_000;
const MOST = 4;
const THUMB = 96;
const taken = new WeakMap();

/** The photographs of a form. */
export const picturesOf = (form) => taken.get(form) ?? [];

function drawn(bitmap, longest) {
  const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
  const canvas = make("canvas", { width: Math.max(1, Math.round(bitmap.width * scale)), height: Math.max(1, Math.round(bitmap.height * scale)) });
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** The same picture as a small JPEG. */
async function small(file) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  let picture = null;
  for (const [longest, quality] of [[LONGEST, 0.8], [LONGEST, 0.6], [LONGEST, 0.4], [960, 0.5], [640, 0.5], [480, 0.4]]) {
    const canvas = drawn(bitmap, longest);
    picture = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", quality); });
    if (picture && picture.size <= AT_MOST) break;
  }
  bitmap.close();
  return picture;
}

async function thumbnail(picture, number, back) {
  const bitmap = await createImageBitmap(picture);
  const canvas = drawn(bitmap, THUMB);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", say("photo", { n: number }));
  const button = make("button", { type: "button", className: "button quiet", textContent: say("photoBack") });
  button.setAttribute("aria-label", `${say("photo", { n: number })}: ${say("photoBack")}`);
  button.onclick = back;
  return make("li", {}, canvas, button);
}

/** Put these photographs into the form. */
export async function show(form, pictures, changed) {
  const place = form.querySelector("[data-photos]");
  taken.set(form, pictures);
  const back = (picture) => () => {
    show(form, picturesOf(form).filter((each) => each !== picture), changed);
    changed();
    place.querySelector("input[type=file]").focus();
  };
  const shots = await Promise.all(pictures.map((each, at) => thumbnail(each, at + 1, back(each))));
  place.querySelector("ul").replaceChildren(...shots);
  place.querySelector("[data-take]").hidden = pictures.length >= MOST;
}

/** Let photographs be taken in this form; `changed` hears when there is one more or less. */
export function offer(form, stop, changed) {
  const place = form.querySelector("[data-photos]");
  place.hidden = Boolean(stop.no_photos);
  const [input, agreed, error] = ["input[type=file]", "[name=consent]", ".error"].map((what) => place.querySelector(what));
  const wrong = (sentence) => {
    error.textContent = sentence;
    error.hidden = !sentence;
  };
  agreed.onchange = () => wrong("");
  input.onclick = (event) => {
    if (agreed.checked) return;
    event.preventDefault();
    wrong(say("photoFirst"));
    agreed.focus();
  };
  input.onchange = async () => {
    const [file] = input.files;
    input.value = "";
    const picture = file && await small(file).catch(() => null);
    wrong(picture || !file ? "" : say("photoBroken"));
    if (!picture) return;
    await show(form, [...picturesOf(form), picture], changed);
    changed();
  };
}
