// How much on this tablet has not reached the server. No DOM.

import { Database } from "./database.js";
import { names } from "./keys.js";
import { from } from "./tables.js";

/** @typedef {{entries: number, photos: number}} Unsent a submission that waits is an entry */

/** What one person has not sent; counted without their key. @param {Database} store @returns {Promise<Unsent>} */
export async function unsentOf(store) {
  const tx = await store.read(["log", "meta", "pictures"]);
  const [ops, wishes, photos] = await Promise.all([
    tx.objectStore("log").index("unsent").count(),
    tx.objectStore("meta").count(from("submit:")),
    tx.objectStore("pictures").index("waiting").count(),
  ]);
  return { entries: ops + wishes, photos };
}

/**
 * What a person must look at: entries that the server did not accept, nor a later word in their place;
 * and gaps, entries that are nowhere any more.
 * @returns {Promise<{refused: number, gaps: number}>}
 */
export async function troublesOf(store) {
  const tx = await store.read(["refused", "meta"]);
  const [rows, gaps] = await Promise.all([
    tx.objectStore("refused").getAll(), tx.objectStore("meta").count(from("gap:")),
  ]);
  return { refused: rows.filter(({ superseded }) => !superseded).length, gaps };
}

/** Who else keeps something on this tablet. @param {string} person @returns {Promise<string[]>} */
export async function othersHere(person) {
  const databases = (await indexedDB.databases?.()) ?? [];
  const people = databases.map(({ name }) => name.match(/^inspector-([0-9a-f-]{36})$/)?.[1]);
  return people.filter((other) => other && other !== person);
}

const stores = new Map(); // of the others: a connection each, not one at every look

/**
 * What the others who use this tablet have not sent: numbers, and the name as far as it is known.
 * @returns {Promise<(Unsent & {name?: string})[]>}
 */
export async function unsentOfOthers(person) {
  const others = await othersHere(person);
  for (const other of others) if (!stores.has(other)) stores.set(other, new Database(other));
  const [known, ...all] = await Promise.all([
    names().catch(() => new Map()), ...others.map((other) => unsentOf(stores.get(other))),
  ]);
  const named = (n) => (known.has(others[n]) ? { name: known.get(others[n]) } : {});
  return all.map((unsent, n) => ({ ...unsent, ...named(n) })).filter(isSome);
}

/** @param {Unsent} unsent */
export const isSome = ({ entries, photos }) => entries + photos > 0;

/**
 * Whether this is a tab of Safari on an iPad: its storage is deleted after 7 days without use, that of
 * an app on the Home Screen is not (offline.md 3.5). Only there `standalone` is known and false.
 */
export const isInSafariTab = () => navigator.standalone === false;

/** The number on the app's icon, where the browser has one. @param {Unsent} unsent */
export function showBadge({ entries, photos }) {
  navigator.setAppBadge?.(entries + photos).catch(() => {});
}
