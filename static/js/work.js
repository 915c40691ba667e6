// The unsent work of one person on this tablet, visit by visit: what waits, what was refused, what is
// lost; taking it out as a file, taking a file in, and giving up what cannot be sent. No DOM.

import { onTheWire } from "./delivery.js";
import { enter, from, touched } from "./tables.js";
import { photoName } from "./unsent-file.js";
import { uuid7 } from "./uuid7.js";

/** Under which note a tablet remembers what a visit is called. */
export const aboutKey = (visit) => `about:${visit}`;

/**
 * @typedef {object} VisitWork
 * @property {string} visit @property {import("./telling.js").About} about
 * @property {object[]} entries that wait, in their order, a submission that was asked for at the end
 * @property {object[]} refused with their `reason`; not those of which the server took a later word
 * @property {object[]} photos that wait or are lost (`trouble`)
 */

/** Everything unsent, visit by visit. @param {import("./store.js").Store} store @returns {Promise<VisitWork[]>} */
export async function workOf(store) {
  const tx = await store.read(["log", "refused", "pictures", "meta"]);
  const table = (name) => tx.objectStore(name);
  const [waiting, refused, pictures, wishes] = await Promise.all([
    table("log").index("unsent").getAll(), table("refused").getAll(), table("pictures").getAll(),
    table("meta").getAllKeys(from("submit:")),
  ]);
  const unsettled = pictures.filter((picture) => picture.waiting || picture.trouble);
  const visits = new Set([
    ...[...waiting, ...refused.filter((row) => !row.superseded)].map(({ visit }) => visit),
    ...wishes.map((key) => key.slice("submit:".length)),
    ...unsettled.flatMap(({ uses }) => uses.map((use) => use.split("/")[0])),
  ]);
  const names = new Set(unsettled.map(({ sha256 }) => sha256));
  return Promise.all([...visits].map((visit) => workOn(store, visit, names)));
}

async function workOn(store, visit, unsettled) {
  const { ops, rejected, photos, submitting } = await store.kept(visit);
  const [about] = await notes(store, aboutKey(visit));
  return {
    visit,
    about: about ?? { title: visit.slice(0, 8), outlet: visit.slice(0, 8), items: {} },
    entries: submitting ? [...ops, submitting] : ops,
    refused: rejected.filter(({ superseded }) => !superseded),
    photos: photos.filter((photo) => !photo.removed && !photo.received && unsettled.has(photo.sha256)),
  };
}

/** The sealed notes whose keys begin so. @returns {Promise<object[]>} */
export async function notes(store, beginning) {
  const tx = await store.read(["meta"]);
  const [keys, rows] = await Promise.all([
    tx.objectStore("meta").getAllKeys(from(beginning)), tx.objectStore("meta").getAll(from(beginning)),
  ]);
  return Promise.all(rows.map((row, n) => store.unseal(row, keys[n])));
}

/**
 * Unsent work as it goes into a file: a stream of its own, numbered from one, so that any part of the
 * work can be taken in alone; each entry keeps its id, by which it is known when this tablet sends it.
 * @param {import("./store.js").Store} store @param {{id: string, name: string}} person
 * @param {VisitWork[]} visits
 * @returns {Promise<{work: import("./unsent-file.js").Work, photos: import("./unsent-file.js").Photos}>}
 */
export async function takeOut(store, person, visits) {
  const stream = uuid7();
  const entries = visits.flatMap((part) => part.entries).sort((a, b) => rank(a) - rank(b));
  const used = new Set(visits.flatMap((part) => [
    ...part.photos.map(({ sha256 }) => sha256),
    ...[...part.entries, ...part.refused].map(({ payload }) => payload.sha256).filter(Boolean),
  ]));
  const pictures = await Promise.all([...used].map(async (name) => (
    [name, await store.picture(name).catch(() => undefined)] // a damaged one must not keep the others back
  )));
  const meta = (await store.read(["meta"])).objectStore("meta");
  return {
    work: {
      person,
      made_by: (await meta.get("stream")).id,
      visits: Object.fromEntries(visits.map(({ visit, about }) => [visit, about])),
      entries: entries.map((op, n) => onTheWire({ ...op, stream, seq: n + 1 })),
      refused: visits.flatMap((part) => part.refused),
    },
    photos: new Map(pictures.filter(([, picture]) => picture)),
  };
}

/** A submission that was asked for has no number yet: it goes last. */
const rank = ({ seq }) => seq ?? Infinity;

/** The name of a photo in the file that `takeOut` gave, when it is there. */
export const namesOf = (photos) => (sha256) =>
  photos.has(sha256) ? photoName(sha256, photos.get(sha256).type) : undefined;

/** Why a file is not taken in here; `key` names the sentence. */
export class NotOurs extends Error {
  constructor(key) {
    super(key);
    this.key = key;
  }
}

/**
 * Take in the work of another tablet of the same person: its entries go to the end of this tablet's
 * stream, under the ids that they have. Those that are here already are left out.
 * @returns {Promise<number>} how many were new here
 * @throws {NotOurs}
 */
export async function takeIn(store, { work, photos }) {
  if (work.person.id !== store.person) throw new NotOurs("file.foreign");
  const tx = await store.read(["log", "refused", "meta"]);
  const stream = await tx.objectStore("meta").get("stream");
  if ([stream.id, ...(stream.former ?? [])].includes(work.made_by)) throw new NotOurs("file.own");
  for (const [visit, about] of Object.entries(work.visits)) {
    await store.write({ meta: { [aboutKey(visit)]: about } });
  }
  let taken = 0;
  for (const op of work.entries) {
    if (await isHere(store, op.op_id)) continue;
    const photo = op.payload.sha256 && photos.get(op.payload.sha256);
    const blobs = photo ? [{ sha256: op.payload.sha256, ...photo, thumb: null }] : [];
    await store.write({ ops: [op], blobs });
    taken += 1;
  }
  return taken;
}

async function isHere(store, id) {
  const tx = await store.read(["log", "refused", "meta"]);
  const found = await Promise.all([
    tx.objectStore("log").index("op_id").getKey(id), tx.objectStore("refused").getKey(id),
    tx.objectStore("meta").getKey(`done:${id}`),
  ]);
  return found.some((key) => key !== undefined);
}

/** What can be given up: what the server refused, and photos whose bytes it will never have. */
export function hopeless({ refused, photos }) {
  const added = new Set(refused.map(({ payload }) => payload.photo));
  return [...refused, ...photos.filter(({ id, trouble }) => trouble && !added.has(id))];
}

/**
 * Give up what cannot be sent, with the reason. That itself is an entry, which tells the server what
 * was given up and why; both happen at once, or neither.
 * @param {VisitWork} part @param {string} reason
 */
export async function discard(store, part, reason, now = new Date()) {
  const ops = hopeless(part).map((what) => discardOf(what, part.visit, reason, now));
  const sealed = await store.sealed({ ops });
  await store.change([...new Set([...touched(sealed), "refused"])], async (tx) => {
    await enter(tx, sealed);
    for (const { op_id } of part.refused) await tx.objectStore("refused").delete(op_id);
  });
  store.told({ ops });
}

function discardOf(what, visit, reason, now) {
  const { op_id = null, kind = "photo.add", payload = what, at = what.taken_at } = what;
  const content = JSON.stringify({ kind, payload, at, reason: what.reason ?? what.trouble });
  return {
    op_id: uuid7(now.getTime()), v: 1, kind: "entry.discard", visit,
    payload: { entry: op_id, ...photoOf(what), reason, content: content.slice(0, 4000) },
    at: now.toISOString(), tz: now.getTimezoneOffset(), tpl: what.tpl ?? "",
  };
}

/** The photo that goes with it: one that was never accepted, or whose bytes are lost. */
function photoOf({ kind, id, payload }) {
  if (kind === undefined) return { photo: id };
  return kind === "photo.add" ? { photo: payload.photo } : {};
}
