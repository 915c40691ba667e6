// A file of unsent work: one zip with entries.json, photos/SHA256.jpg, a page for people without this
// app, and the sums of all of them. inspector/offline/files.py reads the same. No DOM, no database.

import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";

const FORMAT = 1;
const ENTRIES = "entries.json";
const READ_ME = "read-me.html";
const SUMS = "SHA256SUMS";
const PHOTO = /^photos\/([0-9a-f]{64})\.(jpg|png|webp|heic)$/;
const MAX_BYTES = 512 * 1024 * 1024;
const SUFFIXES = { "image/png": "png", "image/webp": "webp", "image/heic": "heic" };
const TYPES = { jpg: "image/jpeg", png: "image/png", webp: "image/webp", heic: "image/heic" };

/** A file that cannot be taken in; `key` names the sentence that says why. */
export class BadFile extends Error {
  /** @param {"file.unreadable" | "file.version" | "file.changed" | "file.too_large"} key */
  constructor(key) {
    super(key);
    this.key = key;
  }
}

/**
 * @typedef {object} Work what a file holds
 * @property {{id: string, name: string}} person whose it is
 * @property {string} made_by the stream of the tablet
 * @property {Record<string, {title: string}>} visits
 * @property {object[]} entries as they are sent @property {object[]} refused each with its `reason`
 *
 * @typedef {Map<string, {bytes: ArrayBuffer | Uint8Array, type: string}>} Photos by SHA-256
 */

/** The name of a photo in the file. @param {string} sha256 @param {string} type */
export const photoName = (sha256, type) => `photos/${sha256}.${SUFFIXES[type] ?? "jpg"}`;

/**
 * @param {Work} work @param {Photos} photos @param {string} readMe HTML
 * @returns {Promise<Uint8Array>}
 */
export async function pack(work, photos, readMe) {
  const files = {
    [ENTRIES]: strToU8(JSON.stringify({ format: FORMAT, ...work }, null, 1)),
    [READ_ME]: strToU8(readMe),
  };
  for (const [sha256, { bytes, type }] of photos) files[photoName(sha256, type)] = new Uint8Array(bytes);
  const lines = await Promise.all(
    Object.entries(files).map(async ([name, bytes]) => `${await sum(bytes)}  ${name}\n`),
  );
  const isPhoto = (name) => PHOTO.test(name);
  const members = Object.entries({ ...files, [SUMS]: strToU8(lines.join("")) });
  return zipSync(Object.fromEntries(
    members.map(([name, bytes]) => [name, [bytes, { level: isPhoto(name) ? 0 : 6 }]]), // a JPEG is small
  ));
}

/**
 * @param {ArrayBuffer} bytes @returns {Promise<{work: Work, photos: Photos}>}
 * @throws {BadFile}
 */
export async function unpack(bytes) {
  const files = unzip(new Uint8Array(bytes));
  if (!files[ENTRIES] || !files[READ_ME] || !files[SUMS]) throw new BadFile("file.unreadable");
  const { format, ...work } = parse(strFromU8(files[ENTRIES]));
  if (format === undefined) throw new BadFile("file.unreadable");
  if (format !== FORMAT) throw new BadFile("file.version");
  await checkSums(files);
  const named = Object.keys(files).map((name) => name.match(PHOTO)).filter(Boolean);
  const photos = new Map(
    named.map(([name, sha256, suffix]) => [sha256, { bytes: files[name].slice().buffer, type: TYPES[suffix] }]),
  );
  return { work, photos };
}

function unzip(bytes) {
  let size = 0;
  const filter = ({ name, originalSize }) => {
    size += originalSize;
    if (size > MAX_BYTES) throw new BadFile("file.too_large");
    if (![ENTRIES, READ_ME, SUMS].includes(name) && !PHOTO.test(name)) throw new BadFile("file.unreadable");
    return true;
  };
  try {
    return unzipSync(bytes, { filter });
  } catch (error) {
    throw error instanceof BadFile ? error : new BadFile("file.unreadable");
  }
}

function parse(text) {
  try {
    const found = JSON.parse(text);
    const isWhole = Array.isArray(found.entries) && Array.isArray(found.refused) && found.person?.id;
    return isWhole || found.format !== FORMAT ? found : {};
  } catch {
    throw new BadFile("file.unreadable");
  }
}

async function checkSums(files) {
  const lines = strFromU8(files[SUMS]).split("\n").filter(Boolean);
  const sums = new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
  const names = Object.keys(files).filter((name) => name !== SUMS);
  if (sums.size !== names.length) throw new BadFile("file.changed");
  for (const name of names) {
    const found = await sum(files[name]);
    const isItself = found === (name.match(PHOTO)?.[1] ?? found);
    if (found !== sums.get(name) || !isItself) throw new BadFile("file.changed");
  }
}

async function sum(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
