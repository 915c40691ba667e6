// The pictures of the packs that were taken along, sealed with the person's key. They are named by
// what they show, so one that is here is never fetched again. Used by the worker and by pages. No DOM.

import { currentHolder } from "./keys.js";
import { IV_BYTES, open, seal } from "./sealing.js";

const ALBUM = "album-";
const ANYHOW = { ignoreVary: true };

/** Whether a path is that of a picture of a pack. @param {string} path without what is asked of it */
export const isPicture = (path) => /^\/visits\/[0-9a-f-]{36}\/pack\/photos\/[0-9a-f]{64}$/.test(path);

/**
 * Fetch a picture and keep it. Rejects when the server does not give it, or there is no room.
 * @param {string} path with its size
 */
export async function keepPicture(path) {
  const { key, album } = await mine();
  const answer = await fetch(path, { cache: "no-store", credentials: "same-origin", redirect: "error" });
  const isOurs = answer.ok && answer.headers.get("Content-Type") === "image/jpeg";
  if (!isOurs) throw new TypeError(`no picture: ${answer.status}`);
  const { iv, data } = await seal(key, await answer.arrayBuffer(), path);
  await album.put(path, new Response(new Blob([iv, data])));
}

/** A picture that is kept for who has the tablet unlocked, or undefined. @param {string} path */
export async function pictureAt(path) {
  try {
    const { key, album } = await mine();
    const kept = await (await album.match(path, ANYHOW))?.arrayBuffer();
    if (!kept) return undefined;
    const sealed = { iv: new Uint8Array(kept, 0, IV_BYTES), data: kept.slice(IV_BYTES) };
    const headers = { "Content-Type": "image/jpeg", "Cache-Control": "no-store" };
    return new Response(await open(key, sealed, path), { headers });
  } catch {
    return undefined; // locked, or damaged, which is as good as not there
  }
}

/** Those of these pictures that are not kept. @param {string[]} paths @returns {Promise<string[]>} */
export async function notKept(paths) {
  const here = new Set(await keptPaths());
  return paths.filter((path) => !here.has(path));
}

/** Drop the pictures of packs, but for those still wanted. @param {(path: string) => boolean} isStale */
export async function dropPictures(isStale) {
  const stale = (await keptPaths()).filter(isStale);
  if (!stale.length) return;
  const { album } = await mine();
  await Promise.all(stale.map((path) => album.delete(path, ANYHOW)));
}

/** Drop all pictures of a person who signs out. @param {string} person */
export const dropAlbum = (person) => caches.delete(ALBUM + person);

async function keptPaths() {
  const { album } = await mine();
  return (await album.keys()).map(({ url }) => new URL(url)).map(({ pathname, search }) => pathname + search);
}

async function mine() {
  const holder = await currentHolder();
  if (!holder) throw new Error("locked");
  return { key: holder.key, album: await caches.open(ALBUM + holder.person) };
}
