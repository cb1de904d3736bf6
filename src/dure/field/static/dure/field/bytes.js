// Bytes and text.

export const utf8 = (said) => new TextEncoder().encode(said);

export const said = (raw) => new TextDecoder().decode(raw);

/** Bytes as text that may stand in JSON and in an address. */
export function text(raw) {
  let letters = "";
  for (const byte of raw) letters += String.fromCharCode(byte);
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export const bytes = (letters) =>
  Uint8Array.from(atob(letters.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

export const random = (length) => crypto.getRandomValues(new Uint8Array(length));
