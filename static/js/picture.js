// The bytes of a photo become a picture that can be kept: upright, at most 2048 px and 600 kB, a JPEG
// without EXIF or position, with a thumbnail, named by its SHA-256. What was drawn on it is part of it.
// Runs in the worker, or in a page whose browser has no OffscreenCanvas. No DOM but for that.

import { drawMarks } from "./marks.js";

export const MAX_BYTES = 25 * 1024 * 1024;
const LONG_EDGE = 2048;
const THUMB_EDGE = 320;
const ENOUGH = 600_000;
const QUALITIES = [0.8, 0.7, 0.6, 0.5, 0.4];
const THUMB_QUALITY = 0.75;

/** A file that is refused; `key` names the sentence that says why. */
export class Refused extends Error {
  /** @param {"photo.too_large" | "photo.not_an_image" | "photo.unreadable" | "photo.not_shown"} key */
  constructor(key) {
    super(key);
    this.key = key;
  }
}

/**
 * @typedef {object} Kept
 * @property {string} sha256 of `bytes` @property {ArrayBuffer} bytes
 * @property {ArrayBuffer | null} thumb null when this browser cannot show the format (HEIC)
 * @property {string} type @property {number} size
 */

/**
 * Make the bytes of a file ready to be kept. A known format that cannot be decoded here is kept as it
 * is, and the server converts it; but not when something is to be drawn on it.
 * @param {ArrayBuffer} original
 * @param {import("./marks.js").Mark[]} [marks]
 * @returns {Promise<Kept>}
 * @throws {Refused}
 */
export async function develop(original, marks = []) {
  const picture = await decode(original, typeOf(original));
  if (!picture && marks.length) throw new Refused("photo.not_shown");
  if (!picture) return keepAsItIs(original);
  const large = canvasOf(...fit(picture.width, picture.height, LONG_EDGE));
  paint(large, picture);
  picture.close(); // a decoded photo takes some 50 MB
  drawMarks(large.getContext("2d"), marks, large);
  const bytes = await shrink(large);
  const thumb = await small(large, THUMB_EDGE, THUMB_QUALITY);
  free(large);
  return named(bytes, thumb, "image/jpeg");
}

/** Keep a photo undecoded; the server converts it. @returns {Promise<Kept>} @throws {Refused} */
export const keepAsItIs = async (original) => named(original, null, typeOf(original));

/** Name bytes by their SHA-256. @returns {Promise<Kept>} */
export async function named(bytes, thumb, type) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const sha256 = Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { sha256, bytes, thumb, type, size: bytes.byteLength };
}

/** Whether a canvas can be drawn on here: an older Safari has none in workers. */
export function canPaint() {
  try {
    return Boolean(canvasOf(1, 1).getContext("2d"));
  } catch {
    return false;
  }
}

/**
 * The format by the first bytes; the name and the type that a file claims prove nothing.
 * @param {Uint8Array} head the first twelve bytes
 * @returns {string | null}
 */
export function sniff(head) {
  const text = String.fromCharCode(...head);
  if (text.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (text.startsWith("RIFF") && text.slice(8) === "WEBP") return "image/webp";
  const isHeif = text.slice(4, 8) === "ftyp" && /^(hei[cfmsx]|hev[cmx]|mif1|msf1)$/.test(text.slice(8));
  return isHeif ? "image/heic" : null;
}

/** The size at which a picture is kept. @returns {[number, number]} */
export function fit(width, height, edge) {
  const scale = Math.min(1, edge / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

function typeOf(original) {
  const type = sniff(new Uint8Array(original, 0, Math.min(12, original.byteLength)));
  if (!type) throw new Refused("photo.not_an_image");
  return type;
}

async function decode(bytes, type) {
  try {
    return await createImageBitmap(new Blob([bytes], { type }), { imageOrientation: "from-image" });
  } catch {
    return null;
  }
}

/** As good as it can be in 600 kB: first coarser, and only then smaller. */
async function shrink(large) {
  for (const quality of QUALITIES) {
    const bytes = await encode(large, quality);
    if (bytes.byteLength < ENOUGH) return bytes;
  }
  let bytes;
  let edge = LONG_EDGE;
  do {
    edge = Math.round(edge * 0.75);
    bytes = await small(large, edge, QUALITIES.at(-1));
  } while (bytes.byteLength >= ENOUGH);
  return bytes;
}

async function small(large, edge, quality) {
  const canvas = canvasOf(...fit(large.width, large.height, edge));
  paint(canvas, large);
  const bytes = await encode(canvas, quality);
  free(canvas);
  return bytes;
}

function paint(canvas, picture) {
  const context = canvas.getContext("2d", { alpha: false });
  context.fillStyle = "#fff"; // what is transparent in a PNG is paper
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
}

function canvasOf(width, height) {
  if (globalThis.OffscreenCanvas) return new OffscreenCanvas(width, height);
  return Object.assign(document.createElement("canvas"), { width, height });
}

async function encode(canvas, quality) {
  const type = "image/jpeg";
  const blob = await (canvas.convertToBlob?.({ type, quality }) ??
    new Promise((done) => canvas.toBlob(done, type, quality)));
  return blob.arrayBuffer();
}

/** Gives the memory back at once on an iPad. */
function free(canvas) {
  canvas.width = canvas.height = 0;
}
