// The tables in IndexedDB, and what an operation or the server's snapshot does to their rows.

import { BLANK, effect } from "./effects.js";

export const TABLES = ["visits", "ops", "answers", "photos", "practices", "blobs", "rejected", "meta"];

/** What an operation may touch, and the operations themselves. */
export const ROWS = ["visits", "ops", "answers", "photos", "practices"];

/** The first version of the database. @param {import("idb").IDBPDatabase} db */
export function createTables(db) {
  const table = (name, options, ...indexes) => {
    const made = db.createObjectStore(name, options);
    for (const [index, unique = false] of indexes) made.createIndex(index, index, { unique });
  };
  table("visits", { keyPath: "id" });
  table("ops", { keyPath: "seq" }, ["op_id", true], ["visit"]);
  table("answers", { keyPath: ["visit", "item"] }, ["visit"]);
  table("photos", { keyPath: "id" }, ["visit"], ["sha256"]);
  table("practices", { keyPath: "id" }, ["visit"]);
  table("blobs", { keyPath: "sha256" }, ["waiting"]); // only what is to be sent has that field
  table("rejected", { keyPath: "op_id" }, ["visit"]);
  db.createObjectStore("meta");
}

/**
 * Do to the rows what operations say: first all that must be read, then all that is written, because
 * every step in between costs a turn of the browser.
 * @param {object} tx @param {import("./effects.js").Op[]} ops
 */
export async function apply(tx, ops) {
  const changes = ops.map(changeOf).filter(Boolean);
  const before = await Promise.all(changes.map(async ({ table, key }) => tx.objectStore(table).get(key)));
  const rows = new Map();
  changes.forEach((change, n) => {
    const name = JSON.stringify([change.table, change.key]);
    const row = rows.get(name)?.row ?? before[n] ?? change.blank;
    rows.set(name, { ...change, row: { ...row, ...change.patch } });
  });
  await Promise.all([...rows.values()].map(async ({ table, row }) => tx.objectStore(table).put(row)));
}

function changeOf(op) {
  const change = effect(op);
  if (!change) return null;
  const { visit } = op;
  const isAnswer = change.table === "answers";
  return {
    ...change,
    key: isAnswer ? [visit, change.id] : change.id,
    blank: isAnswer ? { ...BLANK, visit, item: change.id } : { visit, id: change.id },
  };
}

/**
 * Take in what the server knew when it made the page: rows that are new here or newer there. What
 * is still on its way from here is then done again on top, so that nothing recorded vanishes.
 * @param {object} tx over ROWS
 * @param {object} snapshot
 */
export async function adopt(tx, snapshot) {
  const visit = snapshot.visit.id;
  const rows = (table) => tx.objectStore(table).index("visit").getAll(visit);
  const [answers, photos, practices, ops] =
    await Promise.all([rows("answers"), rows("photos"), rows("practices"), rows("ops")]);
  const known = new Map(answers.map((row) => [row.item, row]));
  let changed = false;
  const put = (table, row) => {
    changed = true;
    return tx.objectStore(table).put({ ...row, visit });
  };
  for (const [item, answer] of Object.entries(snapshot.answers)) {
    // An old copy of the page knows less than this tablet: the higher revision wins.
    if (answer.rev > (known.get(item)?.rev ?? 0)) await put("answers", { ...answer, item });
  }
  const photo = new Map(photos.map((row) => [row.id, row]));
  for (const theirs of snapshot.photos) {
    const ours = photo.get(theirs.id);
    const received = theirs.received || Boolean(ours?.received);
    if (!ours || ours.received !== received || !ours.url) {
      const { url, thumb_url } = theirs;
      await put("photos", { removed: false, foreign: !ours, ...theirs, ...ours, received, url, thumb_url });
    }
  }
  const practice = new Set(practices.map((row) => row.id));
  for (const theirs of snapshot.practices) {
    if (!practice.has(theirs.id)) await put("practices", { removed: false, ...theirs });
  }
  if (changed) await apply(tx, ops);
}

/** Forget a visit that the server holds complete and frozen. @param {object} tx over all tables */
export async function forget(tx, visit) {
  const photos = await tx.objectStore("photos").index("visit").getAll(visit);
  for (const table of ["answers", "photos", "practices"]) {
    const keys = await tx.objectStore(table).index("visit").getAllKeys(visit);
    for (const key of keys) await tx.objectStore(table).delete(key);
  }
  for (const { sha256 } of photos) {
    const others = await tx.objectStore("photos").index("sha256").count(sha256);
    if (!others) await tx.objectStore("blobs").delete(sha256);
  }
  const meta = tx.objectStore("meta");
  await meta.delete(IDBKeyRange.bound(`timer:${visit}:`, `timer:${visit}:\uffff`));
  await tx.objectStore("visits").delete(visit);
}
