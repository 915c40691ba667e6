// Taking a visit along: everything that a cold start without a network needs, fetched and then looked
// for again. "ready" is said only of what was found on the tablet. What is here already is not fetched
// again, so taking along that was interrupted goes on where it was. No DOM.

import { dropPictures, keepPicture, notKept } from "./album.js";
import { dropPage, FALLBACK, isToBeKept, keepPage, keptPages, pageAt, personOf, starts } from "./shelf.js";
import { isAtWork } from "./versions.js";

const LIST = "/visits";
const UNSENT = "/unsent";
const pathOf = (visit) => `${LIST}/${visit}`;
const packOf = (visit) => `${pathOf(visit)}/pack`;

const AT_ONCE = 3;
const MB = 2 ** 20;
const THUMB_BYTES = 20 * 1024;
/** What a visit with its photos may still need (offline.md 3.5). */
const VISIT_BYTES = 60 * MB;

/** Why a visit could not be taken along; `message` is the key of the sentence. */
export class NotTaken extends Error {
  /** @param {string} key @param {Record<string, number>} [values] */
  constructor(key, values = {}) {
    super(key);
    this.values = values;
  }
}

/**
 * How a visit stands on this tablet.
 * @typedef {object} Standing
 * @property {string} name "ready", "absent", "incomplete", or what hinders
 * @property {string} [made] when its pack was made @property {string} [state] of what it tells
 * @property {number} [left] MB of room, when there is little for what the visit will bring
 */

/**
 * Take a visit along. Throws NotTaken with what hinders.
 * @param {string} visit @param {import("./store.js").Store} store whose own the visit is
 * @param {(what: "taking" | "pictures", done: number, all: number) => void} tell of each step
 */
export async function take(visit, store, tell) {
  const step = (done) => tell("taking", done, 5);
  step(0);
  const hindrance = await obstacle(store);
  if (hindrance) throw new NotTaken(hindrance);
  await bring(LIST, store.person);
  await bring(UNSENT, store.person);
  step(2);
  await bring(pathOf(visit), store.person);
  step(3);
  await store.load(await snapshotOf(visit));
  step(4);
  await takePack(visit, store.person, (done, all) => tell("pictures", done, all));
  const found = await standing(visit, store);
  if (found.name !== "ready") throw new NotTaken(found.name);
}

/**
 * Take along what is known of the outlet of a visit, with its pictures. Throws NotTaken.
 * @param {string} visit @param {string} person @param {(done: number, all: number) => void} [tell]
 */
export async function takePack(visit, person, tell = () => {}) {
  await bring(packOf(visit), person);
  const pack = await packAt(visit);
  if (!pack) throw new NotTaken("locked");
  await takePictures(pack, tell);
  const wanted = new Set(pack.pictures);
  await dropPictures((path) => path.startsWith(`${packOf(visit)}/`) && !wanted.has(path));
}

/**
 * What is known of the outlet of a visit, as it was taken along; null when it was not.
 * @param {string} visit
 * @returns {Promise<{html: string, state: string, made: string, bytes: number, pictures: string[]} | null>}
 */
export async function packAt(visit) {
  const page = await pageAt(packOf(visit));
  return page ? read(await page.text()) : null;
}

/** The same from the server, as it is now; null without it. @param {string} visit @param {string} person */
export async function packNow(visit, person) {
  const page = await fetch(packOf(visit), { cache: "no-store", redirect: "manual" }).catch(() => null);
  return page && isToBeKept(page) && personOf(page) === person ? read(await page.text()) : null;
}

/** Drop what is known of other outlets than those of these visits. @param {string[]} visits @param {string} person */
export async function dropOthers(visits, person) {
  const paths = (await keptPages()).map(({ path }) => path).filter((path) => path.endsWith("/pack"));
  const stale = paths.filter((path) => !visits.some((visit) => path === packOf(visit)));
  await Promise.all(stale.map((path) => dropPage(path, person)));
  return dropPictures((path) => !visits.some((visit) => path.startsWith(`${packOf(visit)}/`)));
}

/** How a visit stands on this tablet. @returns {Promise<Standing>} */
export async function standing(visit, store) {
  const hindrance = await obstacle(store);
  if (hindrance) return { name: hindrance };
  const pack = await packAt(visit);
  if (!pack || !(await pageAt(pathOf(visit)))) return { name: "absent" }; // opening it keeps its page only
  const paths = [LIST, UNSENT, pathOf(visit), packOf(visit), FALLBACK];
  const all = await Promise.all(paths.map(starts));
  const isWhole = all.every(Boolean) && !(await notKept(pack.pictures)).length;
  if (!isWhole) return { name: "incomplete" };
  const left = await room();
  return { name: "ready", made: pack.made, state: pack.state, left: left < VISIT_BYTES ? mb(left) : undefined };
}

/** What the states of the packs are now, by visit; null when the server does not say. */
export async function statesNow() {
  try {
    const answer = await fetch("/api/packs", { cache: "no-store", redirect: "error" });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/** The pictures of a pack: each in both sizes, and each counted once, as people count photos. */
async function takePictures({ pictures, bytes }, tell) {
  const photos = new Map();
  for (const path of pictures) photos.set(nameOf(path), [...(photos.get(nameOf(path)) ?? []), path]);
  const missing = new Set(await notKept(pictures));
  const waiting = [...photos.values()].filter((paths) => paths.some((path) => missing.has(path)));
  const needed = (bytes + photos.size * THUMB_BYTES) * (waiting.length / (photos.size || 1));
  const left = await room();
  if (needed > left) throw new NotTaken("no_room", { needed: mb(needed) || 1, left: mb(left) });
  let done = photos.size - waiting.length;
  const tellDone = () => photos.size && tell(done, photos.size);
  tellDone();
  const work = async () => {
    for (let paths = waiting.pop(); paths; paths = waiting.pop()) {
      for (const path of paths) if (missing.has(path)) await keepPicture(path);
      done += 1;
      tellDone();
    }
  };
  const stop = (error) => {
    waiting.length = 0;
    return error;
  };
  const ends = await Promise.all(Array.from({ length: AT_ONCE }, () => work().catch(stop)));
  const failure = ends.find(Boolean); // told when nobody tells of photos any more
  if (failure) notTaken(failure);
}

const nameOf = (path) => path.split("?")[0];

function notTaken(error) {
  throw new NotTaken(error.name === "QuotaExceededError" ? "full" : "unreachable");
}

/** How many bytes the browser still has for us; without an answer, as many as one likes. */
async function room() {
  const estimate = await navigator.storage?.estimate?.().catch(() => null);
  return estimate?.quota ? estimate.quota - estimate.usage : Infinity;
}

const mb = (bytes) => Math.round(bytes / MB);

/** Why this browser cannot work without a network; "" when it can. */
async function obstacle(store) {
  const needed = [navigator.serviceWorker, navigator.locks, globalThis.caches, globalThis.crypto?.subtle];
  if (!needed.every(Boolean)) return "no_browser";
  if (!(await keepsData(store))) return "no_store";
  return (await isAtWork()) ? "" : "no_worker";
}

/** Write something and read it back: a private window may open a database that keeps nothing. */
async function keepsData(store) {
  const mark = crypto.randomUUID();
  try {
    await store.change(["meta"], (tx) => tx.objectStore("meta").put(mark, `test:${mark}`));
    const tx = await store.read(["meta"]);
    const found = await tx.objectStore("meta").get(`test:${mark}`);
    await store.change(["meta"], (change) => change.objectStore("meta").delete(`test:${mark}`));
    return found === mark;
  } catch {
    return false;
  }
}

async function bring(path, person) {
  const page = await fetch(path, { cache: "no-store", credentials: "same-origin" }).catch(() => null);
  if (!page || page.status >= 500) throw new NotTaken("unreachable");
  if (page.redirected) throw new NotTaken("sign_in");
  if (!isToBeKept(page) || personOf(page) !== person) throw new NotTaken("refused");
  await keepPage(path, page).catch(notTaken);
}

/** What the page that is kept says of its visit. */
async function snapshotOf(visit) {
  const html = await (await pageAt(pathOf(visit))).text();
  return JSON.parse(html.match(/<script[^>]* id="snapshot">([^<]*)</)[1]);
}

/** What the page of a pack says of itself (templates/pack/show.html). */
function read(html) {
  const value = (name) => html.match(new RegExp(`data-${name}="([^"]*)"`))?.[1] ?? "";
  const named = html.matchAll(/(?:src|href)="(\/visits\/[^"]*\/pack\/photos\/[^"]*)"/g);
  const pictures = [...new Set([...named].map(([, path]) => path))];
  return { html, state: value("state"), made: value("made"), bytes: Number(value("bytes")), pictures };
}
