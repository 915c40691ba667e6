// The key with which a person's work is sealed on this tablet. It comes from the server, and is here
// only while that person uses the tablet: as a CryptoKey that no script can read out, in a database of
// its own. Locking takes it away; what is sealed stays. No DOM.

import { openDB } from "idb";

export { open, seal } from "./sealing.js";

const STRICT = { durability: "strict" };
const ASK_MS = 10_000;
const MINUTE_MS = 60_000;

/** Where the tabs tell each other that the tablet was locked. */
export const CHANNEL = "inspector-lock";

/**
 * @typedef {object} Holder who has the tablet unlocked
 * @property {string} person id @property {string} name @property {string} username
 * @property {CryptoKey} key
 * @property {number} idleMs after which the tablet locks itself @property {number} usedAt
 */

/** Whether this browser can seal anything at all. */
export const canSeal = () => Boolean(globalThis.crypto?.subtle && globalThis.indexedDB);

/**
 * The key of a person who has this tablet unlocked; null when it is locked, or another's. It is
 * looked up on the disk each time: ask once a page, and keep it.
 * @param {string} person id
 * @returns {Promise<CryptoKey | null>}
 */
export async function currentKey(person) {
  const holder = await currentHolder();
  return holder?.person === person ? holder.key : null;
}

/** Who has this tablet unlocked, or null. @returns {Promise<Holder | null>} */
export async function currentHolder() {
  const holder = await now();
  return holder && !isIdle(holder) ? holder : null;
}

/** Somebody uses the tablet: it locks itself only when nobody does. */
export async function used() {
  const isStale = (holder) => holder && !isIdle(holder) && Math.abs(Date.now() - holder.usedAt) > MINUTE_MS;
  if (!isStale(await now())) return; // a change would keep all readers waiting
  await change(async (tx) => {
    const holder = await tx.objectStore("holder").get("now");
    if (isStale(holder)) await tx.objectStore("holder").put({ ...holder, usedAt: Date.now() }, "now");
  });
}

/**
 * The key of whoever is signed in: the one that is here, or else the server's, which is then kept.
 * @param {string} person whose page this is
 * @returns {Promise<CryptoKey | null>} null when the tablet is locked, or the server gives none now
 */
export async function release(person) {
  const here = await currentKey(person);
  if (here) return here;
  if (await isLocked()) return null;
  const given = await askServer();
  if (given?.person !== person) return null;
  const { name, username, idleMs } = given;
  const key = await importKey(given.secret);
  await hold({ person, name, username, idleMs, key });
  await change((tx) => tx.objectStore("notes").put(person, "session"));
  return key;
}

/** Unlock this tablet for a person, and for nobody else. @param {Omit<Holder, "usedAt">} holder */
export async function hold(holder) {
  await change(async (tx) => {
    await tx.objectStore("holder").put({ ...holder, usedAt: Date.now() }, "now");
    await tx.objectStore("notes").put(holder.name, `name:${holder.person}`);
    await tx.objectStore("notes").delete("locked");
  });
  tell();
}

// Locking

/**
 * Lock: nobody opens what is sealed here, and no page of the server's is shown, until somebody
 * unlocks, or the session has ended.
 */
export async function lock() {
  await change(async (tx) => {
    await tx.objectStore("holder").clear();
    await tx.objectStore("notes").put(true, "locked");
  });
  tell();
}

/** Lock when nobody has used the tablet for too long. @returns {Promise<boolean>} whether it was */
export async function lockIfIdle() {
  const holder = await now();
  const idle = Boolean(holder && isIdle(holder));
  if (idle) await lock();
  return idle;
}

/** Whether it was locked in a session that may still be going on. */
export const isLocked = async () => Boolean(await look((tx) => tx.objectStore("notes").get("locked")));

/**
 * End the session, so that the server asks who comes next.
 * @returns {Promise<boolean>} false when the server cannot be reached
 */
export async function endSession() {
  const status = await post("/api/lock").then((answer) => answer.status, () => 0);
  const isOver = status === 204 || status === 401;
  if (isOver) await sessionIsOver();
  return isOver;
}

/** There is no session any more: the server itself keeps its pages from whoever comes. */
export const sessionIsOver = () => change(async (tx) => {
  await tx.objectStore("notes").delete("locked");
  await tx.objectStore("notes").delete("session");
});

/**
 * Somebody has ended the session from elsewhere: the tablet may be in other hands, and locks. Only
 * once: who unlocks it by PIN after that goes on without a session.
 */
export async function sessionWasTakenAway() {
  const isNews = await change(async (tx) => {
    const notes = tx.objectStore("notes");
    if (!(await notes.get("session"))) return false;
    await notes.delete("session");
    await tx.objectStore("holder").clear();
    return true;
  });
  if (isNews) tell();
}

/** When one person unlocked the tablet by a PIN, the session may still be another's. */
export async function endForeignSession() {
  const [holder, session] = await look((tx) =>
    Promise.all([tx.objectStore("holder").get("now"), tx.objectStore("notes").get("session")]));
  if (holder && session && session !== holder.person) await endSession();
}

/**
 * Take the key away from whoever had the tablet unlocked before this person.
 * @param {(holder: Holder) => boolean} isSame
 */
export async function turnOut(isSame) {
  const before = await now();
  if (!before || isSame(before)) return; // most often; a change would keep all readers waiting
  const gone = await change(async (tx) => {
    const holder = await tx.objectStore("holder").get("now");
    const isOther = Boolean(holder && !isSame(holder));
    if (isOther) await tx.objectStore("holder").clear();
    return isOther;
  });
  if (gone) tell();
}

// What else is known of people on this tablet

/** The names of those who have used this tablet and not signed out. @returns {Promise<Map<string, string>>} by person */
export const names = () => look(async (tx) => {
  const range = IDBKeyRange.bound("name:", "name:\uffff");
  const notes = tx.objectStore("notes");
  const [keys, values] = await Promise.all([notes.getAllKeys(range), notes.getAll(range)]);
  return new Map(keys.map((key, n) => [key.slice("name:".length), values[n]]));
});

/** Forget a person who signs out and leaves nothing behind; locked until that is done. @param {string} person */
export async function forget(person) {
  await lock();
  await change(async (tx) => {
    await tx.objectStore("pins").delete(person);
    await tx.objectStore("notes").delete(`name:${person}`);
  });
}

/**
 * What the server says to who is signed in, or null.
 * @returns {Promise<{person: string, name: string, username: string, secret: Uint8Array, idleMs: number} | null>}
 */
export async function askServer() {
  try {
    const answer = await post("/api/key", { device: await device() }); // it notes which tablet has it
    if (!answer.ok) return null;
    const { key, idle_s: idleSeconds, ...whose } = await answer.json();
    const secret = Uint8Array.from(atob(key), (letter) => letter.charCodeAt(0));
    return { ...whose, secret, idleMs: idleSeconds * 1000 };
  } catch {
    return null;
  }
}

const device = () => change(async (tx) => {
  const known = await tx.objectStore("notes").get("device");
  const name = known ?? crypto.randomUUID();
  if (!known) await tx.objectStore("notes").put(name, "device");
  return name;
});

const importKey = (secret) =>
  crypto.subtle.importKey("raw", secret, "AES-GCM", false, ["encrypt", "decrypt"]);

const post = (path, body = {}) => fetch(path, {
  method: "POST",
  headers: { "X-Inspector": "1", "Content-Type": "application/json" },
  body: JSON.stringify(body),
  credentials: "same-origin",
  cache: "no-store",
  redirect: "error",
  signal: AbortSignal.timeout(ASK_MS),
});

const isIdle = ({ usedAt, idleMs }) => Date.now() - usedAt >= idleMs;

/** The tabs look for themselves what has changed. */
function tell() {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(null);
  channel.close();
}

// The database: holder ("now": who has the tablet unlocked), pins (see pins.js), notes

/** @template T @param {(tx: object) => Promise<T>} work @returns {Promise<T>} */
export const look = (work) => within("readonly", work);

const now = () => look((tx) => tx.objectStore("holder").get("now"));

/** On the disk at the end. @template T @param {(tx: object) => Promise<T>} work @returns {Promise<T>} */
export const change = (work) => within("readwrite", work);

async function within(mode, work) {
  const db = await openDB("inspector-keys", 1, { upgrade });
  try {
    const tx = db.transaction(["holder", "pins", "notes"], mode, STRICT);
    const result = await work(tx);
    await tx.done;
    return result;
  } finally {
    db.close();
  }
}

function upgrade(db) {
  db.createObjectStore("holder");
  db.createObjectStore("pins", { keyPath: "person" });
  db.createObjectStore("notes");
}
