// Stops that were taken from this phone's list, or put into it, while its owner was on the way: said until read.

import * as store from "./store.js";
import * as vault from "./vault.js";

const NAME = "moved";

/** What has changed between two lists of one day, beside what was changed before and hasn't been read yet. */
export async function notice(before, after) {
  if (!before?.stops || before.over || before.day !== after.day) return;
  const [was, is] = [before, after].map((pack) => new Map(pack.stops.filter((stop) => !stop.left).map((stop) => [stop.ref, stop.name])));
  const last = await unread();
  const all = (known, now, other) => [...new Map([...known, ...now]).entries()].filter(([ref]) => !other.has(ref));
  const gone = all(last.gone, [...was].filter(([ref]) => !is.has(ref)), is);
  const come = all(last.come, [...is].filter(([ref]) => !was.has(ref)), new Map(gone)).filter(([ref]) => is.has(ref));
  if (!gone.length && !come.length) return read();
  const hidden = await vault.hide(NAME, { gone, come });
  if (hidden) await store.keep(NAME, hidden);
}

/** { gone, come }: [ref, name] of each. */
export const unread = async () => await vault.show(NAME, await store.kept(NAME)) ?? { gone: [], come: [] };

export const read = () => store.drop(NAME);

/** The list with the stop at whose door somebody is right now: nothing they are entering is taken from under them. */
export function withOpen(pack, stop) {
  const left = stop && !pack.stops.some((each) => each.ref === stop.ref);
  return left ? { ...pack, stops: [...pack.stops, { ...stop, left: true }] } : pack;
}
