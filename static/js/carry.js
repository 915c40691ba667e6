// What a tablet holds from before everything was sealed: it is sealed now, and goes on from where it
// was, with the same numbers. What had been answered is with the server. No DOM.

import { TABLES } from "./tables.js";

const BEFORE = ["ops", "rejected", "blobs", "photos"];

/**
 * Carry over what was unsent, all at once or not at all. Harmless when there is nothing.
 * @param {import("./store.js").Store} store
 */
export async function carryOver(store) {
  if (!(await store.has("ops"))) return;
  const tx = await store.read([...BEFORE, "meta"]);
  const rows = (table) => tx.objectStore(table).getAll();
  const [ops, rejected, blobs, photos] = await Promise.all(BEFORE.map(rows));
  if (ops.length + rejected.length + blobs.length === 0) return;
  const sealed = await store.sealed({ ops, blobs });
  const log = sealed.ops.map((row, n) => ({ ...row, seq: ops[n].seq, unsent: 1 }));
  const refused = await Promise.all(rejected.map(async ({ reason, refused_at, superseded, ...op }) => ({
    ...(await store.row(op)), seq: op.seq, refused_at, superseded,
    reason: await store.seal(reason, `reason:${op.op_id}`),
  })));
  const pictures = blobs.map(({ sha256, waiting }) => pictureOf(sha256, waiting, photos));
  await store.change([...BEFORE, ...TABLES], async (change) => {
    const put = (table, kept) => Promise.all(kept.map(async (row) => change.objectStore(table).put(row)));
    await put("log", log);
    await put("refused", refused);
    await put("pictures", pictures.filter(({ uses }) => uses.length));
    await put("bytes", sealed.blobs.map(({ sha256, whole }) => ({ sha256, ...whole })));
    const thumbs = sealed.blobs.filter(({ thumb }) => thumb);
    await put("thumbs", thumbs.map(({ sha256, thumb }) => ({ sha256, ...thumb })));
    await Promise.all(BEFORE.map(async (table) => change.objectStore(table).clear()));
  });
}

function pictureOf(sha256, waiting, photos) {
  const own = photos.filter((photo) => photo.sha256 === sha256 && !photo.removed);
  const uses = own.map(({ id, visit }) => `${visit}/${id}`);
  const received = own.some((photo) => photo.received);
  return waiting ? { sha256, uses, received, waiting } : { sha256, uses, received };
}
