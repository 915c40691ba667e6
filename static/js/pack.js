// Taking a visit along: everything that a cold start without a network needs, fetched and then looked
// for again. "ready" is said only of what was found on the tablet. No DOM.

import { FALLBACK, isToBeKept, keepPage, pageAt, personOf, starts } from "./shelf.js";
import { isAtWork } from "./versions.js";

const LIST = "/visits";
const UNSENT = "/unsent";
const pathOf = (visit) => `${LIST}/${visit}`;

/** Why a visit could not be taken along; `message` is the key of the sentence. */
export class NotTaken extends Error {}

/** How many steps `take` tells of. */
export const STEPS = 4;

/**
 * Take a visit along. Throws NotTaken with what hinders.
 * @param {string} visit @param {import("./store.js").Store} store whose own the visit is
 * @param {(done: number) => void} tell of each step
 */
export async function take(visit, store, tell) {
  tell(0);
  const hindrance = await obstacle(store);
  if (hindrance) throw new NotTaken(hindrance);
  tell(1);
  await bring(LIST, store.person);
  await bring(UNSENT, store.person);
  tell(2);
  await bring(pathOf(visit), store.person);
  tell(3);
  await store.load(await snapshotOf(visit));
  tell(4);
  const found = await standing(visit, store);
  if (found !== "ready") throw new NotTaken(found);
}

/**
 * How a visit stands on this tablet: "ready", "absent", "incomplete", or what hinders.
 * @returns {Promise<string>}
 */
export async function standing(visit, store) {
  const hindrance = await obstacle(store);
  if (hindrance) return hindrance;
  if (!(await pageAt(pathOf(visit)))) return "absent";
  const paths = [LIST, UNSENT, pathOf(visit), FALLBACK];
  const all = await Promise.all(paths.map(starts));
  return all.every(Boolean) ? "ready" : "incomplete";
}

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
  await keepPage(path, page).catch((error) => {
    throw new NotTaken(error.name === "QuotaExceededError" ? "no_room" : "unreachable");
  });
}

/** What the page that is kept says of its visit. */
async function snapshotOf(visit) {
  const html = await (await pageAt(pathOf(visit))).text();
  return JSON.parse(html.match(/<script[^>]* id="snapshot">([^<]*)</)[1]);
}
