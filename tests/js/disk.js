// IndexedDB as a browser has it, in memory, and the tablet's store on it.

import "fake-indexeddb/auto";
import { IDBFactory, IDBObjectStore } from "fake-indexeddb";
import { openDB } from "idb";
import { serialize } from "node:v8";

import { Outbox } from "../../static/js/outbox.js";
import { Store } from "../../static/js/store.js";
import { op } from "./fakes.js";

const opened = [];

/** A tablet with nothing on it, and a key for each person. */
export function freshDisk() {
  globalThis.indexedDB = new IDBFactory();
  const keys = new Map();
  const keyOf = async (person) => {
    if (!keys.has(person)) keys.set(person, newKey());
    return keys.get(person);
  };
  /** A tab of a person. */
  const tab = (person = "ann") => {
    const store = new Store(person, keyOf);
    opened.push(store);
    return { store, outbox: new Outbox(store) };
  };
  return { tab };
}

/** To be called after each test: a channel that is left open keeps node waiting. */
export async function closeTabs() {
  for (const store of opened.splice(0)) await store.close();
}

/** A key as keys.js gives it. */
export const newKey = () =>
  crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);

/** What the server says of a visit V. */
export const snapshot = (more = {}) =>
  ({ visit: { id: "V", started_at: null }, answers: {}, photos: [], practices: [], ...more });

/** A photo's entry, and its bytes. */
export function photo(id, sha256 = `sha-${id}`, subject = { item: "A-1", stage: "before" }) {
  const of = { item: null, practice: null, caption: "", ...subject };
  const add = op("photo.add", { photo: id, sha256, ...of, taken_at: "2026-11-23T01:12:00Z" });
  const bytes = new TextEncoder().encode(`\xff\xd8\xff the bytes of ${sha256}`).buffer;
  return { ops: [add], blobs: [{ sha256, bytes, thumb: bytes.slice(0, 9), type: "image/jpeg" }] };
}

/** Every record and key of a person's database as bytes, as anybody finds them who looks. */
export async function everything(person = "ann") {
  const db = await openDB(`inspector-${person}`);
  const tables = await Promise.all([...db.objectStoreNames].map(async (name) =>
    [...(await db.getAll(name)), ...(await db.getAllKeys(name))]));
  db.close();
  return serialize(tables);
}

/** Whether a text is among the bytes, in any way in which it may be written. */
export const holds = (bytes, text) =>
  ["utf8", "utf16le", "latin1"].some((way) => bytes.includes(Buffer.from(text, way)));

/** Let the disk be full: writing into a table fails until the function that comes back is called. */
export function fillDisk(table) {
  const real = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function put(...args) {
    if (this.name === table) throw new DOMException("full", "QuotaExceededError");
    return real.apply(this, args);
  };
  return () => { IDBObjectStore.prototype.put = real; };
}
