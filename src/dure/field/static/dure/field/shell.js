// The page stays on the phone and opens without a network (sw.js). A new version takes over where nobody is in the
// middle of something: before the PIN, never at a door.

let registration = null;

/** Keep the page on this phone. `kept` is called as soon as it opens without a network. */
export async function keep(kept) {
  const script = `/field/sw.js?language=${document.documentElement.lang}`;
  registration = await navigator.serviceWorker?.register(script, { scope: "/field/", updateViaCache: "none" })
    .catch(() => null) ?? null;
  const first = registration?.installing;
  if (registration?.active) kept();
  else first?.addEventListener("statechange", () => { if (registration.active) kept(); });
}

export const isKept = () => Boolean(registration?.active);

/** Ask whether there is a newer version; it is fetched beside this one. */
export const lookForNew = () => registration?.update().catch(() => {});

/** Begin with the newer version, if one has been fetched. Whether the page is about to be loaded anew. */
export function beginNew() {
  const next = registration?.active && registration.waiting;
  if (!next) return false;
  next.addEventListener("statechange", () => { if (next.state === "activated") location.reload(); });
  next.postMessage("begin");
  return true;
}
