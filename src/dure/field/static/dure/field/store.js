// What the phone keeps. In the clear: whose phone it is as a key, whom to call, how many reports wait. Reports are
// sealed to the server; what can be read lies under the PIN (vault.js). In IndexedDB; where its room has run out,
// sealed reports go to localStorage. Nothing is thrown away that hasn't arrived.

const KEY = "dure-key";
const UNSENT = "dure-unsent";
const LOCKED = "dure-locked"; // that a PIN was chosen here: if it is all that is left, the storage was lost
const OWN = "dure-kept:report:";

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

let opened = null;

function database() {
  opened ??= new Promise((resolve) => {
    try {
      const request = indexedDB.open("dure", 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("reports", { keyPath: "key" });
        request.result.createObjectStore("kept");
      };
      request.onsuccess = () => {
        request.result.onversionchange = () => { request.result.close(); opened = null; };
        resolve(request.result);
      };
      request.onerror = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
  return opened;
}

export const works = async () => (await database()) !== null;

async function within(name, mode, work) {
  const db = await database();
  const transaction = db.transaction(name, mode, { durability: "strict" });
  const ended = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
  const [result] = await Promise.all([work(transaction.objectStore(name)), ended]);
  return result;
}

const read = (name, work) => within(name, "readonly", (store) => done(work(store)));
const write = (name, work) => within(name, "readwrite", (store) => done(work(store)));

const inLocal = () => Object.keys(localStorage)
  .filter((name) => name.startsWith(OWN))
  .map((name) => JSON.parse(localStorage.getItem(name)));

/** Keep a report, sealed; it is on the phone for good when this returns. */
export const put = (report) => putAll([report]);

/** Keep these reports, all in one go. */
export async function putAll(reports) {
  try {
    await within("reports", "readwrite", (store) => Promise.all(reports.map((each) => done(store.put(each)))));
    for (const { key } of reports) localStorage.removeItem(OWN + key);
  } catch {
    if (reports.length > 1) return reports.reduce((before, each) => before.then(() => put(each)), Promise.resolve());
    const [{ copy, ...sealed }] = reports; // bytes don't fit there
    localStorage.setItem(OWN + sealed.key, JSON.stringify(sealed));
  }
  return undefined;
}

/** All reports that the phone has, in the order in which they were made. */
export async function reports() {
  const local = inLocal();
  const kept = await read("reports", (store) => store.getAll()).catch(() => []);
  const known = new Set(local.map((report) => report.key));
  return [...kept.filter((report) => !known.has(report.key)), ...local].sort((a, b) => a.made - b.made);
}

/** Take away a report that has arrived. */
export async function forget(report) {
  localStorage.removeItem(OWN + report.key);
  await write("reports", (store) => store.delete(report.key)).catch(() => {});
}

/** Reports that have arrived go, of the others what could be read. */
export async function withoutCopies() {
  for (const report of await reports()) {
    const { copy, ...sealed } = report;
    if (report.arrivedAt) await forget(report);
    else if (copy) await put(sealed);
  }
}

export const kept = (name) => read("kept", (store) => store.get(name)).catch(() => undefined);
export const keepFirst = (name, value) => write("kept", (store) => store.put(value, name));
export const keep = (name, value) => keepFirst(name, value).catch(() => {});
export const drop = (name) => write("kept", (store) => store.delete(name)).catch(() => {});

/** The names that begin so, in their order. */
export const names = (begin) => read("kept", (store) => store.getAllKeys(IDBKeyRange.bound(begin, `${begin}\uffff`))).catch(() => []);

export async function dropAll(begin) {
  for (const name of await names(begin)) await drop(name);
}

/** Change what is kept under a name, with nobody in between; what it is now. */
export const change = (name, how) => within("kept", "readwrite", (store) => new Promise((resolve, reject) => {
  const request = store.get(name);
  request.onerror = () => reject(request.error);
  request.onsuccess = () => {
    const value = how(request.result);
    store.put(value, name);
    resolve(value);
  };
}));

/** Whose phone this is: { key: with which it hands in, ref, also: earlier keys of the same person }. */
export async function identity() {
  const known = await kept("identity");
  if (known) return known;
  const key = localStorage.getItem(KEY);
  return key && !localStorage.getItem(LOCKED) ? { key, ref: "", also: [] } : null;
}

export async function keepIdentity(value) {
  await keepFirst("identity", value);
  localStorage.setItem(KEY, value.key);
}

export const markLocked = () => localStorage.setItem(LOCKED, "1");

/** Whether the browser has lost what was kept here: the key is all that is left of it, and how many reports waited. */
export async function lost() {
  const key = localStorage.getItem(KEY);
  if (!key || !localStorage.getItem(LOCKED) || await kept("identity")) return null;
  return { key, unsent: Number(localStorage.getItem(UNSENT)) || 0 };
}

export function count(unsent) {
  if (!unsent) localStorage.removeItem(UNSENT);
  else if (localStorage.getItem(UNSENT) !== String(unsent)) localStorage.setItem(UNSENT, String(unsent));
}

/** Nothing of this phone is left: it was taken away, and everything was handed in. */
export async function empty() {
  for (const name of ["reports", "kept"]) await write(name, (store) => store.clear()).catch(() => {});
  for (const name of Object.keys(localStorage)) if (name.startsWith("dure-")) localStorage.removeItem(name);
}

/** What earlier versions kept in the clear: stops go, what has arrived goes, what hasn't is handed to `seal`. */
export async function adopt(seal) {
  const pack = await kept("pack");
  if (pack && !pack.ct) await drop("pack");
  for (const report of await reports()) {
    if (report.body === undefined) continue;
    if (report.arrivedAt) await forget(report);
    else await put(await seal(report));
  }
}
