// What the phone keeps: reports until they have arrived (and what was said today), the stops of today, its key.
// In IndexedDB; where a browser has none, in localStorage. Nothing is thrown away that hasn't arrived.

const KEY = "dure-key";
const OWN = "dure-kept:";

export const key = () => localStorage.getItem(KEY);
export const keepKey = (value) => localStorage.setItem(KEY, value);

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

async function within(name, mode, work) {
  const db = await database();
  const transaction = db.transaction(name, mode, { durability: "strict" });
  const result = await done(work(transaction.objectStore(name)));
  if (mode === "readonly") return result;
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
  return result;
}

const inLocal = () => Object.keys(localStorage)
  .filter((name) => name.startsWith(`${OWN}report:`))
  .map((name) => JSON.parse(localStorage.getItem(name)));

/** Keep a report; it is on the phone for good when this returns. */
export async function put(report) {
  try {
    await within("reports", "readwrite", (store) => store.put(report));
    localStorage.removeItem(`${OWN}report:${report.key}`);
  } catch {
    localStorage.setItem(`${OWN}report:${report.key}`, JSON.stringify(report));
  }
}

/** All reports that the phone has, in the order in which they were made. */
export async function reports() {
  const local = inLocal();
  const kept = await within("reports", "readonly", (store) => store.getAll()).catch(() => []);
  const known = new Set(local.map((report) => report.key));
  return [...kept.filter((report) => !known.has(report.key)), ...local].sort((a, b) => a.made - b.made);
}

/** Take away a report that has arrived. */
export async function forget(report) {
  localStorage.removeItem(`${OWN}report:${report.key}`);
  await within("reports", "readwrite", (store) => store.delete(report.key)).catch(() => {});
}

/** Keep the stops of today, to be read without a network. */
export async function keep(name, value) {
  await within("kept", "readwrite", (store) => store.put(value, name)).catch(() => {});
}

export const kept = (name) => within("kept", "readonly", (store) => store.get(name)).catch(() => undefined);
