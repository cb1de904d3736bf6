// Keeps the page of one version on the phone, whole, and gives it out whether or not there is a network. It keeps
// nobody's data, and it never stands between the phone and what is sent. SHELL, put in front of this file by the
// server, names the version, the page's language, and each file with the digest of its bytes.

const NAME = `dure-shell-${SHELL.version}`;
const PAGE = "/field/";

/** All of one version or nothing: while a server is being renewed, its old and new files must not be mixed. */
async function keep() {
  const cache = await caches.open(NAME);
  await Promise.all(Object.entries(SHELL.files).map(async ([address, digest]) => {
    const headers = { "Accept-Language": SHELL.language };
    const answer = await fetch(address, { cache: "no-cache", credentials: "omit", headers });
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    const bytes = await answer.clone().arrayBuffer();
    const found = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    if (btoa(String.fromCharCode(...found)) !== digest) throw new Error(`${address}: of another version`);
    await cache.put(address, answer);
  }));
}

async function letOthersGo() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("dure-shell-") && name !== NAME).map((name) => caches.delete(name)));
}

/** The office's own pages below this address get their files from the server, as new as they are. */
async function own({ request, clientId }) {
  if (request.mode === "navigate") return true;
  const client = await clients.get(clientId);
  return !client || new URL(client.url).pathname === PAGE;
}

async function given(event, address) {
  return await own(event) ? kept(event.request, address) : fetch(event.request);
}

async function kept(request, address) {
  const cache = await caches.open(NAME);
  return await cache.match(address) ?? fetch(request);
}

addEventListener("install", (event) => event.waitUntil(keep()));
addEventListener("activate", (event) => event.waitUntil(letOthersGo()));
addEventListener("message", (event) => { if (event.data === "begin") skipWaiting(); });
addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin || !(pathname in SHELL.files)) return;
  if (pathname === PAGE && mode !== "navigate") return;
  event.respondWith(given(event, pathname));
});
