// The key with which a person's work is sealed on this tablet. It comes from the server, and is here
// only while that person uses the tablet: as a CryptoKey that no script can read out, in a database of
// its own. No DOM.

import { openDB } from "idb";

export { open, seal } from "./sealing.js";

const STRICT = { durability: "strict" };
const ASK_MS = 10_000;

/**
 * @typedef {object} Holder who has the tablet unlocked
 * @property {string} person id @property {string} name @property {string} username
 * @property {CryptoKey} key @property {number} idleMs after which it locks itself
 * @property {number} usedAt in milliseconds
 */

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
  const holder = await look((tx) => tx.objectStore("holder").get("now"));
  return holder && Date.now() - holder.usedAt < holder.idleMs ? holder : null;
}

/**
 * The key of whoever is signed in: the one that is here, or else the server's, which is then kept.
 * @param {string} person whose page this is
 * @returns {Promise<CryptoKey | null>} null when the server does not give it now
 */
export async function release(person) {
  const here = await currentKey(person);
  if (here) return here;
  const given = await askServer(await device());
  if (given?.person !== person) return null;
  const key = await importKey(given.key);
  const { name, username, idle_s: idleSeconds } = given;
  const holder = { person, name, username, key, idleMs: idleSeconds * 1000, usedAt: Date.now() };
  await change((tx) => tx.objectStore("holder").put(holder, "now"));
  return key;
}

/** The name of this tablet in the server's trail of where a key has been. */
async function device() {
  return change(async (tx) => {
    const known = await tx.objectStore("notes").get("device");
    const name = known ?? crypto.randomUUID();
    if (!known) await tx.objectStore("notes").put(name, "device");
    return name;
  });
}

/** What the server says to who is signed in: person, name, username, key, idle_s; or null. */
async function askServer(device) {
  try {
    const answer = await fetch("/api/key", {
      method: "POST", // it may make the key, and notes that it was given
      headers: { "X-Inspector": "1", "Content-Type": "application/json" },
      body: JSON.stringify({ device }),
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(ASK_MS),
    });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

const importKey = (text) =>
  crypto.subtle.importKey("raw", bytesOf(text), "AES-GCM", false, ["encrypt", "decrypt"]);

const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

const look = (work) => within("readonly", work);
const change = (work) => within("readwrite", work);

/** Do something with the database, in one transaction that is on the disk at the end. */
async function within(mode, work) {
  const db = await openDB("inspector-keys", 1, { upgrade });
  try {
    const tx = db.transaction(db.objectStoreNames, mode, STRICT);
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
