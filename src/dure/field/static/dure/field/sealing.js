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

/** Seal what was entered under the report's key. */
export async function seal(key, entered) {
  const server = await crypto.subtle.importKey("raw", bytes(to.key), CURVE, false, []);
  const once = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const epk = new Uint8Array(await crypto.subtle.exportKey("raw", once.publicKey));
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: server }, once.privateKey, 256);
  const base = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: epk, info: utf8("dure report 1") };
  const aes = await crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const additionalData = utf8(`dure report 1 ${to.kid} ${key}`);
  const ct = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, aes, utf8(JSON.stringify(entered)));
  return { v: 1, kid: to.kid, epk: text(epk), iv: text(iv), ct: text(new Uint8Array(ct)) };
}
