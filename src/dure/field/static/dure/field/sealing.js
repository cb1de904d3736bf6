// What leaves the phone is sealed to the server as soon as it is entered: the phone itself can't read it any more.
// ECDH on P-256 with a key made for this one report, HKDF-SHA256, AES-256-GCM; bound to the report's own key.

import { bytes, text, utf8 } from "./bytes.js";
import { settings } from "./words.js";

const CURVE = { name: "ECDH", namedCurve: "P-256" };

let to = settings.sealing; // the server's public key, and how it is called

/** The server seals with another key from now on. */
export function sealTo(given) {
  if (given?.kid && given?.key) to = given;
}

async function sealed(what, key, raw) {
  const { kid } = to;
  const server = await crypto.subtle.importKey("raw", bytes(to.key), CURVE, false, []);
  const once = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", once.publicKey));
  const epk = Uint8Array.of(2 + (point[64] & 1), ...point.slice(1, 33)); // compressed (SEC 1, 2.3.3): half of it goes
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: server }, once.privateKey, 256);
  const base = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: epk, info: utf8("dure report 1") };
  const aes = await crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const additionalData = utf8(`dure ${what} 1 ${kid} ${key}`);
  const ct = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, aes, raw);
  return { head: { v: 1, kid, epk: text(epk), iv: text(iv) }, ct: new Uint8Array(ct) };
}

const canPack = "CompressionStream" in window;

/** Packed by a browser that can: "gzip" for the way, "deflate" inside the seal. Sealed bytes can't be packed any more. */
export async function packed(raw, how) {
  if (!canPack) return null;
  return new Uint8Array(await new Response(new Blob([raw]).stream().pipeThrough(new CompressionStream(how))).arrayBuffer());
}

/** Seal what was entered under the report's key. */
export async function seal(key, entered) {
  const raw = utf8(JSON.stringify(entered));
  const { head, ct } = await sealed("report", key, (await packed(raw, "deflate")) ?? raw);
  return { ...head, ct: text(ct) };
}

/** Seal a photograph with what is said of it: { head, ct }. */
export async function sealPhoto(key, said, picture) {
  const line = utf8(`${JSON.stringify(said)}\n`);
  const raw = new Uint8Array(line.length + picture.length);
  raw.set(line);
  raw.set(picture, line.length);
  return sealed("photo", key, raw);
}
