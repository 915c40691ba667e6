// A file from the camera or the gallery becomes a photo that can be kept: upright, at most 2048 px,
// a JPEG without EXIF, named by its SHA-256, with a thumbnail. Runs in a page or in a worker.

export const MAX_BYTES = 25 * 1024 * 1024;
const LONG_EDGE = 2048;
const THUMB_EDGE = 320;
const QUALITY = 0.8;
const THUMB_QUALITY = 0.75;

/** A file that is refused; `key` names the sentence that says why. */
export class Refused extends Error {
  /** @param {"photo.too_large" | "photo.not_an_image" | "photo.unreadable"} key */
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

/** The bytes of a file. @param {File} file @returns {Promise<ArrayBuffer>} @throws {Refused} */
export async function read(file) {
  if (file.size > MAX_BYTES) throw new Refused("photo.too_large");
  let bytes;
  try {
    bytes = await file.arrayBuffer();
  } catch {
    throw new Refused("photo.unreadable");
  }
  if (!bytes.byteLength) throw new Refused("photo.unreadable");
  return bytes;
}

/**
 * Make the bytes of a file ready to be kept. A known format that cannot be decoded here is kept as it
 * is; the server converts it.
 * @param {ArrayBuffer} original
 * @returns {Promise<Kept>}
 * @throws {Refused}
 */
export async function prepare(original) {
  const type = sniff(new Uint8Array(original, 0, Math.min(12, original.byteLength)));
  if (!type) throw new Refused("photo.not_an_image");
  try {
    const file = new Blob([original], { type });
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const bytes = await encode(picture, LONG_EDGE, QUALITY);
    const thumb = await encode(picture, THUMB_EDGE, THUMB_QUALITY);
    picture.close();
    return await named(bytes, thumb, "image/jpeg");
  } catch {
    return named(original, null, type);
  }
}

/** When a photo was taken, as far as the file tells. @param {File} file @param {number} now */
export function takenAt(file, now = Date.now()) {
  const modified = file.lastModified;
  return new Date(modified > 0 && modified <= now ? modified : now).toISOString();
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

async function encode(picture, edge, quality) {
  const [width, height] = fit(picture.width, picture.height, edge);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { alpha: false });
  context.fillStyle = "#fff"; // what is transparent in a PNG is paper
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, width, height);
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality });
  canvas.width = canvas.height = 0; // gives the memory back at once on an iPad
  return blob.arrayBuffer();
}

async function named(bytes, thumb, type) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const sha256 = Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { sha256, bytes, thumb, type, size: bytes.byteLength };
}
