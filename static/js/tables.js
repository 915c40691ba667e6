// The tables in IndexedDB, and what one action does to them. In the open stand only names and numbers:
// which entry, of which visit, in which order, sent or not. All that was recorded is sealed before it
// comes here (store.js), because sealing takes turns of the browser that a transaction does not survive.
//
//   log       entries by their number in the stream; `unsent` until the server has named them, then
//             `rev`, until the base of the visit holds them
//   bases     one a visit: what is known of it without the log
//   refused   entries that the server refused, with its reason; they stay until a person decides
//   pictures  one for each set of bytes: the photos that use it (visit/photo), whether it waits
//   bytes, thumbs   of pictures
//   meta      the stream (after a gap: how many numbers went `before` it, and the `former` ones);
//             done:OP for each action written; sealed notes, such as submit:VISIT, timer:VISIT:ITEM

import { uuid7 } from "./uuid7.js";

export const VERSION = 2;

export const TABLES = ["log", "bases", "refused", "pictures", "bytes", "thumbs", "meta"];

const DONE_FOR_MS = 30 * 24 * 3600_000;

/** Bring the database to the present layout. @param {number} before the version that it had, or 0 */
export function createTables(db, before, tx) {
  const table = (name, keyPath, ...indexes) => {
    const made = db.createObjectStore(name, { keyPath });
    for (const [index, path, options] of indexes) made.createIndex(index, path, options);
  };
  table("log", "seq", ["op_id", "op_id", { unique: true }], ["visit", "visit"], ["unsent", "unsent"]);
  table("bases", "visit");
  table("refused", "op_id", ["visit", "visit"]);
  table("pictures", "sha256", ["waiting", "waiting"], ["uses", "uses", { multiEntry: true }]);
  table("bytes", "sha256");
  table("thumbs", "sha256");
  if (before === 0) {
    db.createObjectStore("meta");
    tx.objectStore("meta").put({ id: uuid7(), next: 1 }, "stream");
  } else { // notes that were not sealed; carry.js sees to the rest
    tx.objectStore("meta").delete(from("submit:"));
    tx.objectStore("meta").delete(from("timer:"));
    for (const gone of ["visits", "answers", "practices"]) db.deleteObjectStore(gone);
  }
}

/**
 * @typedef {{op_id: string, visit: string, kind: string, use?: string, sha256?: string, iv: Uint8Array,
 *   data: ArrayBuffer}} Row an operation as it lies in the log; a photo's says which picture it uses
 * @typedef {{ops: Row[], blobs: {sha256: string, whole: object, thumb: object | null}[],
 *   notes: Record<string, object | null>}} SealedAction
 */

/** The tables that an action touches. @param {SealedAction} action */
export function touched({ ops, blobs }) {
  const hasPictures = blobs.length || ops.some(({ use }) => use);
  return hasPictures ? ["log", "meta", "pictures", "bytes", "thumbs"] : ["log", "meta"];
}

/**
 * Write one action, unless it was written before: its first operation is remembered. All that must be
 * read is read at once, and what is written is not waited for one by one, because every turn of a busy
 * browser keeps the inspector waiting.
 * @param {object} tx over `touched` @param {SealedAction} action
 */
export async function enter(tx, { ops, blobs, notes }) {
  const meta = tx.objectStore("meta");
  const [done, stream, ...pictures] = await Promise.all([
    ops.length && meta.get(`done:${ops[0].op_id}`),
    meta.get("stream"),
    ...ops.filter(({ use }) => use).map((op) => pictureOf(tx, op)),
  ]);
  if (done) return;
  append(tx, ops, stream);
  for (const { sha256, whole, thumb } of blobs) {
    put(tx, "bytes", { sha256, ...whole });
    if (thumb) put(tx, "thumbs", { sha256, ...thumb });
  }
  for (const [key, note] of Object.entries(notes)) {
    if (note === null) issued(meta.delete(key));
    else put(tx, "meta", note, key);
  }
  const known = new Map(pictures.filter(Boolean).map((picture) => [picture.sha256, picture]));
  for (const op of ops) if (op.use) usePicture(known, op);
  for (const picture of known.values()) keepPicture(tx, picture);
}

/** Put operations at the end of the stream: their numbers are given here, so there are no gaps. */
export function append(tx, ops, stream) {
  if (!ops.length) return;
  put(tx, "meta", { ...stream, next: stream.next + ops.length }, "stream");
  put(tx, "meta", true, `done:${ops[0].op_id}`);
  ops.forEach((op, n) => issued(tx.objectStore("log").add({ ...op, seq: stream.next + n, unsent: 1 })));
}

const put = (tx, table, ...row) => issued(tx.objectStore(table).put(...row));

/** What fails ends the transaction, which says so itself. */
const issued = (request) => void request.catch(() => {});

function pictureOf(tx, { kind, use, sha256 }) {
  const pictures = tx.objectStore("pictures");
  return kind === "photo.add" ? pictures.get(sha256) : pictures.index("uses").get(use);
}

/** A photo more or less that a picture is for. */
function usePicture(known, { kind, use, sha256 }) {
  if (kind === "photo.add") {
    const before = known.get(sha256) ?? { sha256, received: false, uses: [] };
    const { trouble: _forgiven, ...picture } = before;
    known.set(sha256, { ...picture, uses: [...new Set([...before.uses, use])], waiting: Date.now() });
  }
  if (kind === "photo.remove" || kind === "entry.discard") {
    for (const [name, picture] of known) {
      known.set(name, { ...picture, uses: picture.uses.filter((other) => other !== use) });
    }
  }
}

/** A picture as it is used now; of what no photo uses, nothing is kept. */
function keepPicture(tx, picture) {
  if (picture.uses.length) return put(tx, "pictures", picture);
  for (const table of ["pictures", "bytes", "thumbs"]) issued(tx.objectStore(table).delete(picture.sha256));
}

/** What lies under the keys that begin so. @param {string} beginning @returns {IDBKeyRange} */
export const from = (beginning) => IDBKeyRange.bound(beginning, `${beginning}\uffff`);

/** Forget a visit that the server holds complete and frozen. @param {object} tx over TABLES */
export async function forget(tx, visit) {
  const [log, pictures, meta] = ["log", "pictures", "meta"].map((table) => tx.objectStore(table));
  const rows = await log.index("visit").getAll(visit);
  for (const row of rows) if (!row.unsent) await log.delete(row.seq);
  const refused = await tx.objectStore("refused").index("visit").getAll(visit);
  const needed = new Set(refused.map(({ use }) => use));
  for (const found of await pictures.index("uses").getAll(from(`${visit}/`))) {
    const uses = found.uses.filter((use) => !use.startsWith(`${visit}/`) || needed.has(use));
    keepPicture(tx, { ...found, uses });
  }
  await meta.delete(from(`timer:${visit}:`));
  await tx.objectStore("bases").delete(visit);
}

/** Forget which actions were written a month ago: nobody tries those again. @param {object} tx over meta */
export async function forgetDone(tx) {
  await tx.objectStore("meta").delete(IDBKeyRange.bound("done:", `done:${uuid7(Date.now() - DONE_FOR_MS)}`));
}
