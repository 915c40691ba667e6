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
//   meta      the stream (after a gap: how many numbers went `before` it, and the `former` ones); done:OP for each action written; sealed notes: submit:VISIT, timer:VISIT:ITEM

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
  if (before === 0) db.createObjectStore("meta");
  if (before === 0) tx.objectStore("meta").put({ id: uuid7(), next: 1 }, "stream");
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
 * Write one action, unless it was written before: its first operation is remembered.
 * @param {object} tx over `touched` @param {SealedAction} action
 */
export async function enter(tx, { ops, blobs, notes }) {
  const meta = tx.objectStore("meta");
  if (ops.length && (await meta.get(`done:${ops[0].op_id}`))) return;
  // Async, every one: a request that throws at once must not leave the others unobserved.
  await Promise.all([
    append(tx, ops),
    ...blobs.map(async ({ sha256, whole }) => tx.objectStore("bytes").put({ sha256, ...whole })),
    ...blobs.map(async ({ sha256, thumb }) => thumb && tx.objectStore("thumbs").put({ sha256, ...thumb })),
    ...Object.entries(notes).map(async ([key, note]) =>
      note === null ? meta.delete(key) : meta.put(note, key)),
  ]);
  for (const op of ops) if (op.use) await usePicture(tx, op);
}

/** Put operations at the end of the stream: their numbers are given here, so there are no gaps. */
export async function append(tx, ops) {
  if (!ops.length) return;
  const meta = tx.objectStore("meta");
  const stream = await meta.get("stream");
  await Promise.all([
    meta.put({ ...stream, next: stream.next + ops.length }, "stream"),
    meta.put(true, `done:${ops[0].op_id}`),
    ...ops.map(async (op, n) => tx.objectStore("log").add({ ...op, seq: stream.next + n, unsent: 1 })),
  ]);
}

/** A photo more or less that a picture is for. Of what no photo uses, nothing is kept. */
async function usePicture(tx, { kind, use, sha256 }) {
  const pictures = tx.objectStore("pictures");
  if (kind === "photo.add") {
    const { trouble: _forgiven, ...known } = (await pictures.get(sha256)) ?? { received: false, uses: [] };
    const uses = [...new Set([...known.uses, use])];
    await pictures.put({ ...known, sha256, uses, waiting: Date.now() });
  }
  if (kind === "photo.remove" || kind === "entry.discard") {
    const known = await pictures.index("uses").get(use);
    if (known) await leave(tx, known, known.uses.filter((other) => other !== use));
  }
}

/** Only these photos use a picture now; its bytes go with the last one. */
async function leave(tx, picture, uses) {
  if (uses.length) return void (await tx.objectStore("pictures").put({ ...picture, uses }));
  for (const table of ["pictures", "bytes", "thumbs"]) await tx.objectStore(table).delete(picture.sha256);
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
    await leave(tx, found, uses);
  }
  await meta.delete(from(`timer:${visit}:`));
  await tx.objectStore("bases").delete(visit);
}

/** Forget which actions were written a month ago: nobody tries those again. @param {object} tx over meta */
export async function forgetDone(tx) {
  await tx.objectStore("meta").delete(IDBKeyRange.bound("done:", `done:${uuid7(Date.now() - DONE_FOR_MS)}`));
}
