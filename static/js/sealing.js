// What lies sealed on the tablet: AES-256-GCM over JSON, with bytes kept as bytes beside it. No DOM.

/** How long what makes each sealing different is. */
export const IV_BYTES = 12;
// No row of ours has a field of that name: a NUL cannot be typed.
const BYTES = "\u0000bytes";

/** @typedef {{iv: Uint8Array, data: ArrayBuffer}} Sealed */

/**
 * Seal a value: anything that JSON can say, and ArrayBuffers anywhere in it or alone.
 * @param {CryptoKey} key @param {unknown} value
 * @param {string} context what it is, such as an op_id: it opens again only as that
 * @returns {Promise<Sealed>}
 */
export async function seal(key, value, context) {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  return { iv, data: await crypto.subtle.encrypt(how(iv, context), key, pack(value)) };
}

/**
 * What was sealed. Rejects when it is another key, another context, or not what was sealed.
 * @param {CryptoKey} key @param {Sealed} sealed @param {string} context
 */
export async function open(key, { iv, data }, context) {
  return unpack(await crypto.subtle.decrypt(how(iv, context), key, data));
}

const how = (iv, context) =>
  ({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(context) });

/** Four bytes for the length of the JSON, the JSON, then the bytes that it speaks of, in order. */
function pack(value) {
  const pieces = [];
  const json = new TextEncoder().encode(JSON.stringify(value, (_, part) => {
    if (!(part instanceof ArrayBuffer)) return part;
    pieces.push(new Uint8Array(part));
    return { [BYTES]: part.byteLength };
  }));
  const packed = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 4 + json.length));
  new DataView(packed.buffer).setUint32(0, json.length);
  let at = 4;
  for (const piece of [json, ...pieces]) {
    packed.set(piece, at);
    at += piece.length;
  }
  return packed;
}

function unpack(packed) {
  let at = 4 + new DataView(packed).getUint32(0);
  const next = (length) => packed.slice(at, (at += length));
  const json = new TextDecoder().decode(packed.slice(4, at));
  return openBytes(JSON.parse(json), next);
}

/** In the order in which they were packed, which is not the order in which JSON.parse revives. */
function openBytes(part, next) {
  if (part === null || typeof part !== "object") return part;
  if (BYTES in part) return next(part[BYTES]);
  for (const name of Object.keys(part)) part[name] = openBytes(part[name], next);
  return part;
}
