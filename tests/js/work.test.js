// Unsent work on a disk that is real enough: what there is, out as a file and in again elsewhere,
// given up, and going on after a gap.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { pack, unpack } from "../../static/js/unsent-file.js";
import { aboutKey, discard, notes, takeIn, takeOut, workOf } from "../../static/js/work.js";
import { closeTabs, freshDisk, photo, snapshot } from "./disk.js";
import { answer, op } from "./fakes.js";

afterEach(closeTabs);

const ANN = { id: "ann", name: "安" };
const about = { title: "胜利路支行 · 现场检查", outlet: "胜利路支行", items: { "A-1": "门前整洁" } };
const result = ({ op_id }, more = {}) => ({ op_id, status: "applied", rev: 1, ...more });
const refusal = { status: "rejected", reason: { code: "visit.cancelled", sentence: "本次检查已取消" } };

/** A tablet with one answer sent, one refused, one that waits, a photo that waits, and a submission. */
async function working() {
  const { store, outbox } = freshDisk().tab();
  await store.write({ meta: { [aboutKey("V")]: about } });
  const [sent, refused] = [answer("A-1", "yes"), answer("A-2", "no")];
  await store.write({ ops: [sent] });
  await store.write({ ops: [refused] });
  await outbox.settle([result(sent), result(refused, refusal)]);
  await store.write({ ops: [answer("B-1", "0")] });
  await store.write(photo("p1"));
  await store.write({ meta: { "submit:V": op("visit.submit") } });
  return { store, outbox, sent, refused };
}

test("all that is unsent is told visit by visit, with what the visit is called", async () => {
  const { store, refused } = await working();
  const [part] = await workOf(store);
  assert.deepEqual(part.about, about);
  assert.deepEqual(part.entries.map(({ kind }) => kind), ["answer.set", "photo.add", "visit.submit"]);
  assert.deepEqual(part.refused.map(({ op_id, reason }) => [op_id, reason.sentence]), [
    [refused.op_id, "本次检查已取消"],
  ]);
  assert.deepEqual(part.photos.map(({ id, trouble }) => [id, trouble]), [["p1", null]]);
});

test("a visit without a page, and one with nothing unsent", async () => {
  const { store, outbox } = freshDisk().tab();
  const sent = answer("A-1", "yes");
  await store.write({ ops: [sent] });
  assert.equal((await workOf(store))[0].about.title, "V");
  await outbox.settle([result(sent)]);
  assert.deepEqual(await workOf(store), []);
});

test("the file is numbered on its own, its entries keep their ids, and the submission goes last", async () => {
  const { store, outbox } = await working();
  const waiting = await outbox.batch(100);
  const { work, photos } = await takeOut(store, ANN, await workOf(store));
  assert.deepEqual(work.entries.map(({ seq, kind }) => [seq, kind]), [
    [1, "answer.set"], [2, "photo.add"], [3, "visit.submit"],
  ]);
  assert.deepEqual(work.entries.slice(0, 2).map(({ op_id }) => op_id), waiting.map(({ op_id }) => op_id));
  assert.notEqual(work.entries[0].stream, waiting[0].stream);
  assert.deepEqual([...photos.keys()], ["sha-p1"]);
});

test("another tablet of the same person takes it in once, photos included", async () => {
  const { store } = await working();
  const { work, photos } = await takeOut(store, ANN, await workOf(store));
  const other = freshDisk().tab();
  const first = await takeIn(other.store, { work, photos });
  const again = await takeIn(other.store, { work, photos });
  assert.deepEqual([first, again], [3, 0]);
  const there = await other.outbox.batch(100);
  assert.deepEqual(there.map(({ op_id }) => op_id), work.entries.slice(0, 2).map(({ op_id }) => op_id));
  assert.deepEqual(await other.outbox.waiting(), ["sha-p1"]);
  assert.ok(await other.outbox.bytes("sha-p1"));
  const [part] = await workOf(other.store);
  assert.equal(part.about.outlet, "胜利路支行");
});

test("neither another person nor the same tablet takes it in", async () => {
  const { store } = await working();
  const found = await takeOut(store, ANN, await workOf(store));
  await assert.rejects(takeIn(store, found), { key: "file.own" });
  await assert.rejects(takeIn(freshDisk().tab("bob").store, found), { key: "file.foreign" });
});

test("what is given up leaves the tablet as an entry with its content and the reason", async () => {
  const { store, outbox, refused } = await working();
  await outbox.troubled("sha-p1", { code: "photo.lost" });
  const [part] = await workOf(store);
  await discard(store, part, "与其他检查重复");
  const gone = (await outbox.batch(100)).filter(({ kind }) => kind === "entry.discard");
  assert.deepEqual(gone.map(({ payload }) => [payload.entry, payload.photo, payload.reason]), [
    [refused.op_id, undefined, "与其他检查重复"], [null, "p1", "与其他检查重复"],
  ]);
  assert.equal(JSON.parse(gone[0].payload.content).payload.value, "no");
  const [left] = await workOf(store);
  assert.deepEqual([left.refused, left.photos], [[], []]);
  const { photos } = await store.load(snapshot());
  assert.equal(photos[0].removed, true);
});

test("a photo whose bytes are damaged is lost, and keeps nothing else back", async () => {
  const { store, outbox } = await working();
  await store.write(photo("p2"));
  await store.change(["bytes"], async (tx) => {
    const row = await tx.objectStore("bytes").get("sha-p2");
    await tx.objectStore("bytes").put({ ...row, data: row.data.slice(1) });
  });
  assert.equal(await outbox.bytes("sha-p2"), undefined);
  const { photos } = await takeOut(store, ANN, await workOf(store));
  assert.deepEqual([...photos.keys()], ["sha-p1"]);
});

test("room is made by the bytes of photos that the server has, and by no others", async () => {
  const { store, outbox } = await working();
  await store.write(photo("p2"));
  await outbox.arrived("sha-p2");
  assert.deepEqual([await store.makeRoom(), await store.makeRoom()], [true, false]);
  assert.ok(await outbox.bytes("sha-p1"));
  assert.equal(await outbox.bytes("sha-p2"), undefined);
});

test("after a gap all that waits goes on in a new stream, from one, also in another tab", async () => {
  const { store, outbox } = await working();
  const before = await outbox.batch(100);
  await outbox.beginStream(before[0].stream, { first: 1, last: 2 });
  await outbox.beginStream(before[0].stream, { first: 1, last: 2 }); // another tab was slower
  await store.write({ ops: [answer("A-1", "no")] });
  const after = await outbox.batch(100);
  assert.notEqual(after[0].stream, before[0].stream);
  assert.deepEqual(after.map(({ number }) => number), [1, 2, 3]);
  assert.deepEqual(after.slice(0, 2).map(({ op_id }) => op_id), before.map(({ op_id }) => op_id));
  const [note] = await notes(store, "gap:");
  assert.deepEqual([note.first, note.last], [1, 2]);
  await outbox.settle(after.map((entry) => result(entry)));
  assert.deepEqual(await outbox.batch(100), []);
});
