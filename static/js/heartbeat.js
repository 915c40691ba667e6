// Tells the office what this tablet has not sent yet, so that unsent work is seen there too: when the
// page opens, when that changes, and every few minutes. Of the others who use this tablet too, who may
// be locked: it counts without their keys. Nothing depends on it. No DOM.

import { Database } from "./database.js";
import { othersHere, unsentOf } from "./unsent.js";

const LOOK_MS = 15_000;
const TELL_MS = 5 * 60_000;
/** What a photo comes to at most, after it was made smaller: to count them would mean to read them. */
const PHOTO_BYTES = 600_000;
const TIMEOUT_MS = 20_000;

/** Begin. @param {string} person who is signed in */
export function startHeartbeat(person, world = browser) {
  let told = "";
  let last = -Infinity;
  const look = async () => {
    const streams = await waitingHere(person).catch(() => []);
    const now = world.now();
    const news = JSON.stringify(streams);
    if (streams.length && world.isOnline() && (news !== told || now - last >= TELL_MS)) {
      if (await tell(streams, world)) [told, last] = [news, now];
    }
    world.setTimeout(look, LOOK_MS);
  };
  return look();
}

/** What each person's stream on this tablet waits with. @param {string} person who is signed in */
export async function waitingHere(person) {
  const here = [person, ...(await othersHere(person))];
  const all = await Promise.all(here.map((one) => waitingOf(one, person)));
  return all.filter(Boolean);
}

async function waitingOf(person, signedIn) {
  const database = new Database(person);
  try {
    const { entries, photos } = await unsentOf(database);
    const tx = await database.read(["log", "meta"]);
    const stream = await tx.objectStore("meta").get("stream");
    const [oldest] = await tx.objectStore("log").index("unsent").getAll(null, 1);
    return {
      stream: stream.id,
      ...(person === signedIn ? {} : { person }),
      entries,
      photos,
      bytes: photos * PHOTO_BYTES,
      oldest_at: oldest ? madeAt(oldest.op_id) : null,
    };
  } catch {
    return null;
  } finally {
    await database.close().catch(() => {});
  }
}

/** When an id was made: the first 48 bits of a UUID of version 7. @param {string} id */
export const madeAt = (id) => new Date(parseInt(id.replace("-", "").slice(0, 12), 16)).toISOString();

async function tell(streams, world) {
  try {
    const answer = await world.fetch("/api/heartbeat", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Inspector": "1" },
      body: JSON.stringify({ sent_at: new Date(world.now()).toISOString(), version: version(), streams }),
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      signal: world.timeout(TIMEOUT_MS),
    });
    return answer.ok;
  } catch {
    return false;
  }
}

/** The built file that this code is in: its name changes with its content. */
const version = () => import.meta.url.split("/").pop().slice(0, 40);

const browser = {
  isOnline: () => navigator.onLine, // false is true; true is only a hope
  fetch: (...args) => fetch(...args),
  now: () => Date.now(),
  setTimeout: (...args) => setTimeout(...args),
  timeout: (ms) => AbortSignal.timeout(ms),
};
