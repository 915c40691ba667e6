// What the store keeps, on a disk that is real enough: sealed, all or nothing, once.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { openDB } from "idb";

import "../../static/js/fresh.js";
import { Locked, Store } from "../../static/js/store.js";
import { closeTabs, everything, fillDisk, freshDisk, holds, newKey, photo, snapshot } from "./disk.js";
import { answer, op } from "./fakes.js";

afterEach(closeTabs);

const values = ({ answers }) => Object.fromEntries(answers.map(({ item, value }) => [item, value]));
const note = (item, text) => op("note.set", { item, field: "note", text });

test("what was written is there again after a restart", async () => {
  const { tab } = freshDisk();
  const watch = { item: "A-3", before: 1000, since: null };
  const { store } = tab();
  await store.write({ ops: [op("visit.start"), answer("A-1", "no")], meta: { "timer:V:A-3": watch } });
  await store.write({ ops: [note("A-1", "门头灯箱缺字")] });
  await store.write(photo("p1"));

  const kept = await tab().store.load(snapshot());
  assert.deepEqual(kept.ops.map(({ kind, seq }) => [seq, kind]), [
    [1, "visit.start"], [2, "answer.set"], [3, "note.set"], [4, "photo.add"],
  ]);
  assert.equal(new Set(kept.ops.map(({ stream }) => stream)).size, 1);
  assert.equal(kept.startedAt, "2026-11-23T01:12:00.000Z");
  assert.deepEqual(kept.answers.map(({ item, value, note: text }) => [item, value, text]), [
    ["A-1", "no", "门头灯箱缺字"],
  ]);
  const [shown] = kept.photos;
  assert.deepEqual([shown.id, shown.received, shown.foreign, shown.trouble], ["p1", false, false, null]);
  assert.deepEqual(kept.timers, { "A-3": watch });
});

test("nobody who reads the disk finds a word, a value or a picture", async () => {
  const { tab } = freshDisk();
  const { store } = tab();
  const words = "门头灯箱缺字 broken sign";
  await store.write({ ops: [answer("A-1", "9876543")], meta: { "timer:V:A-3": { item: "A-3", before: 86420 } } });
  await store.write({ ops: [note("A-1", words)] });
  await store.write(photo("p1"));
  await store.load(snapshot({ answers: { "A-2": { value: "no", note: "server's words", rev: 3 } } }));
  const disk = await everything();
  for (const secret of [words, "broken sign", "9876543", "86420", "the bytes of sha-p1", "server's words"]) {
    assert.equal(holds(disk, secret), false, secret);
  }
  assert.ok(holds(disk, "sha-p1"), "a name stands in the open: the search itself finds things");
  assert.equal(new TextDecoder().decode((await store.picture("sha-p1")).bytes).slice(-19), "the bytes of sha-p1");
  assert.equal((await store.thumb("sha-p1")).byteLength, 9);
});

test("without the key nothing is written and nothing is read", async () => {
  const { tab } = freshDisk();
  await tab().store.write({ ops: [answer("A-1", "no")] });
  await closeTabs();
  const locked = new Store("ann", async () => null);
  await assert.rejects(locked.write({ ops: [answer("A-1", "yes")] }), Locked);
  await assert.rejects(locked.load(snapshot()), Locked);
  await locked.close();
  assert.deepEqual(values(await tab().store.load(snapshot())), { "A-1": "no" });
});

test("what one person wrote does not open with another's key", async () => {
  const { tab } = freshDisk();
  await tab("ann").store.write({ ops: [answer("A-1", "no")] });
  const thief = new Store("ann", newKey);
  await assert.rejects(thief.load(snapshot()), { name: "OperationError" });
  await thief.close();
});

test("an entry opens only as itself: put in the place of another it is refused", async () => {
  const { tab } = freshDisk();
  const { store } = tab();
  await store.write({ ops: [answer("A-1", "no")] });
  await store.write({ ops: [answer("A-2", "yes")] });
  await store.change(["log"], async (tx) => {
    const [one, two] = await tx.objectStore("log").getAll();
    await tx.objectStore("log").put({ ...one, iv: two.iv, data: two.data });
  });
  await assert.rejects(store.load(snapshot()), { name: "OperationError" });
});

test("the same action again is harmless, also when both are under way at once", async () => {
  const { tab } = freshDisk();
  const { store } = tab();
  const action = { ops: [answer("A-1", "no"), note("A-1", "x")] };
  await Promise.all([store.write(action), store.write(action), tab().store.write(action)]);
  await store.write(action);
  assert.deepEqual((await store.load(snapshot())).ops.map(({ seq }) => seq), [1, 2]);
});

test("written from another document meanwhile, an action that comes through late is not doubled", async () => {
  const { tab } = freshDisk();
  const { store } = tab();
  const action = photo("p1");
  const sealed = await store.sealed(action);
  const late = store.write(action);
  await Promise.all([late, globalThis.enterAction("ann", structuredClone(sealed))]);
  await globalThis.enterAction("ann", await store.sealed({ ops: [answer("A-1", "no")] }));
  const kept = await store.load(snapshot());
  assert.deepEqual(kept.ops.map(({ seq, kind }) => [seq, kind]), [[1, "photo.add"], [2, "answer.set"]]);
  assert.equal((await store.picture("sha-p1")).bytes.byteLength, action.blobs[0].bytes.byteLength);
});

test("two tabs write into one stream without gaps, and neither loses the other's word", async () => {
  const { tab } = freshDisk();
  const tabs = [tab().store, tab().store];
  const codes = Array.from({ length: 20 }, (_, n) => `A-${n}`);
  await Promise.all(codes.map((code, n) => tabs[n % 2].write({ ops: [answer(code, "yes")] })));
  const kept = await tab().store.load(snapshot());
  assert.deepEqual(kept.ops.map(({ seq }) => seq), codes.map((_, n) => n + 1));
  assert.deepEqual(Object.keys(values(kept)).sort(), codes.sort());
});

test("tabs tell each other what they wrote", async () => {
  const { tab } = freshDisk();
  const [one, other] = [tab().store, tab().store];
  const heard = new Promise((resolve) => { other.onnews = resolve; });
  const said = answer("A-1", "no");
  await one.write({ ops: [said] });
  assert.deepEqual(await heard, { type: "written", ops: [said], meta: {} });
});

test("a full disk keeps nothing of the action, and the next number is not skipped", async () => {
  const { tab } = freshDisk();
  const { store } = tab();
  await store.write({ ops: [answer("A-1", "no")] });
  for (const table of ["bytes", "pictures", "meta"]) {
    const emptyDisk = fillDisk(table);
    await assert.rejects(store.write(photo("p1")), { name: "QuotaExceededError" });
    emptyDisk();
  }
  const between = await store.load(snapshot());
  assert.deepEqual([between.ops.length, between.photos], [1, []]);
  assert.equal(await store.picture("sha-p1"), undefined);
  await store.write(photo("p1"));
  assert.deepEqual((await store.load(snapshot())).ops.map(({ seq }) => seq), [1, 2]);
});

test("a page still opens when there is no room to keep what the server knew", async () => {
  const { tab } = freshDisk();
  const { store } = tab();
  await store.write({ ops: [answer("A-1", "no")] });
  const emptyDisk = fillDisk("bases");
  const kept = await store.load(snapshot({ answers: { "A-2": { value: "yes", rev: 1 } } }));
  emptyDisk();
  assert.deepEqual(values(kept), { "A-1": "no", "A-2": "yes" });
});

test("an old copy of the page takes nothing back; a newer one brings what others said", async () => {
  const { tab } = freshDisk();
  const { store, outbox } = tab();
  const said = answer("A-1", "no");
  await store.write({ ops: [said] });
  await outbox.settle([{ op_id: said.op_id, status: "applied", rev: 5 }]);
  const of = (value, rev) => snapshot({ answers: { "A-1": { value, rev } } });
  assert.deepEqual(values(await store.load(of("yes", 4))), { "A-1": "no" });
  assert.deepEqual(values(await store.load(of("yes", 4))), { "A-1": "no" });
  assert.deepEqual(values(await store.load(of("na", 6))), { "A-1": "na" });
  assert.deepEqual(values(await store.load(of("yes", 4))), { "A-1": "na" });
});

test("what is on its way is done again on top of a newer page", async () => {
  const { tab } = freshDisk();
  const { store } = tab();
  await store.write({ ops: [answer("A-1", "no")] });
  const kept = await store.load(snapshot({ answers: { "A-1": { value: "yes", rev: 9 } } }));
  assert.deepEqual(values(kept), { "A-1": "no" });
  assert.equal(kept.answers[0].rev, 9);
});

test("what the server has answered leaves the log once the base holds it", async () => {
  const { tab } = freshDisk();
  const { store, outbox } = tab();
  const said = [answer("A-1", "no"), note("A-1", "x")];
  await store.write({ ops: said });
  await outbox.settle(said.map(({ op_id }, n) => ({ op_id, status: "applied", rev: n + 1 })));
  const both = await Promise.all([store.load(snapshot()), tab().store.load(snapshot())]);
  for (const { answers, ops } of both) {
    assert.deepEqual([answers[0].value, answers[0].note, answers[0].rev, ops], ["no", "x", 2, []]);
  }
  const log = (await store.read(["log"])).objectStore("log");
  assert.equal(await log.count(), 0);
  await store.write({ ops: said }); // a late first attempt
  assert.equal((await store.load(snapshot())).ops.length, 0);
});

test("a photo taken away leaves no bytes, unless another photo is of the same ones", async () => {
  const { store, outbox } = freshDisk().tab();
  const names = async () => (await (await store.read(["bytes"])).objectStore("bytes").getAllKeys()).sort();
  for (const id of ["p1", "p2"]) await store.write(photo(id, "same"));
  await store.write({ ops: [op("photo.remove", { photo: "p1" })] });
  assert.deepEqual([await names(), await outbox.waiting()], [["same"], ["same"]]);

  const covered = photo("p3", "covered");
  await store.write({ ...covered, ops: [...covered.ops, op("photo.remove", { photo: "p2" })] });
  assert.deepEqual([await names(), await outbox.waiting()], [["covered"], ["covered"]]);
  assert.equal(await store.thumb("same"), undefined);
  const { photos } = await store.load(snapshot());
  assert.deepEqual(photos.filter(({ removed }) => !removed).map(({ id }) => id), ["p3"]);
});

test("what a tablet holds from before it was sealed is sealed, and goes on with its numbers", async () => {
  const { tab } = freshDisk();
  const [said, taken, denied] = [answer("A-1", "no"), photo("p1"), answer("A-2", "no")];
  await layoutBeforeSealing({
    ops: [{ ...said, seq: 7, stream: "s" }, { ...taken.ops[0], seq: 8, stream: "s" }],
    rejected: [{ ...denied, seq: 6, stream: "s", reason: { sentence: "已取消" }, refused_at: 1 }],
    blobs: [{ ...taken.blobs[0], waiting: 5 }],
    photos: [{ id: "p1", visit: "V", sha256: "sha-p1", removed: false, received: false }],
  });
  const locked = new Store("ann", async () => null);
  await assert.rejects(locked.load(snapshot()), Locked);
  await locked.close();

  const { store, outbox } = tab();
  const kept = await store.load(snapshot());
  assert.deepEqual(kept.ops.map(({ seq, stream, op_id }) => [seq, stream, op_id]), [
    [7, "s", said.op_id], [8, "s", taken.ops[0].op_id],
  ]);
  assert.deepEqual(kept.rejected.map(({ reason }) => reason.sentence), ["已取消"]);
  assert.deepEqual(await outbox.waiting(), ["sha-p1"]);
  assert.equal((await outbox.bytes("sha-p1")).byteLength, taken.blobs[0].bytes.byteLength);
  await store.write({ ops: [answer("A-3", "yes")] });
  assert.deepEqual((await tab().store.load(snapshot())).ops.map(({ seq }) => seq), [7, 8, 9]);
  const disk = await everything();
  for (const secret of ["已取消", "the bytes of", "A-2"]) assert.equal(holds(disk, secret), false);
});

/** The first layout of the database, with rows in it. */
async function layoutBeforeSealing(rows) {
  const keys = { visits: "id", ops: "seq", answers: ["visit", "item"], photos: "id", practices: "id" };
  const db = await openDB("inspector-ann", 1, { upgrade(made) {
    for (const [table, keyPath] of Object.entries({ ...keys, blobs: "sha256", rejected: "op_id" })) {
      made.createObjectStore(table, { keyPath });
    }
    made.createObjectStore("meta");
  } });
  for (const [table, all] of Object.entries(rows)) for (const row of all) await db.put(table, row);
  await db.put("meta", { id: "s", next: 9, person: "ann" }, "stream");
  await db.put("meta", { item: "A-3", before: 1, since: null }, "timer:V:A-3");
  db.close();
}
