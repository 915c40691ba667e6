// What is to be sent, and what the server's answers do, on a disk that is real enough.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { unsentOf, unsentOfOthers } from "../../static/js/unsent.js";
import { closeTabs, everything, freshDisk, holds, photo, snapshot } from "./disk.js";
import { answer, op } from "./fakes.js";

afterEach(closeTabs);

const applied = ({ op_id }, rev) => ({ op_id, status: "applied", rev });
const refused = ({ op_id }, sentence) => ({ op_id, status: "rejected", reason: { code: "x", sentence } });
const kinds = (ops) => ops.map(({ kind }) => kind);

test("a batch is opened and numbered, in order, and a submission begins one", async () => {
  const { store, outbox } = freshDisk().tab();
  await store.write({ ops: [answer("A-1", "yes"), op("visit.submit"), answer("A-2", "no")] });
  const [first] = await outbox.batch(100);
  assert.deepEqual([first.seq, first.payload.value], [1, "yes"]);
  assert.match(first.stream, /^[0-9a-f-]{36}$/);
  assert.deepEqual(kinds(await outbox.batch(100)), ["answer.set"]);
  await outbox.settle([applied(first, 1)]);
  assert.deepEqual(kinds(await outbox.batch(100)), ["visit.submit", "answer.set"]);
  assert.deepEqual(kinds(await outbox.batch(1)), ["visit.submit"]);
});

test("only what the server named leaves, and all tabs hear of it", async () => {
  const { tab } = freshDisk();
  const { store, outbox } = tab();
  const other = tab().store;
  const said = [answer("A-1", "yes"), answer("A-2", "no")];
  await store.write({ ops: said });
  const heard = new Promise((resolve) => {
    other.onnews = (news) => news.type === "settled" && resolve(news.settled);
  });
  await outbox.settle([applied(said[0], 1), applied(op("answer.set"), 1)]);
  assert.deepEqual((await heard).map(({ op: { op_id } }) => op_id), [said[0].op_id]);
  assert.deepEqual((await outbox.batch(100)).map(({ op_id }) => op_id), [said[1].op_id]);
});

test("what is refused stays, with its reason sealed, is shown, and goes when a later word is taken", async () => {
  const { store, outbox } = freshDisk().tab();
  const said = answer("A-1", "no");
  await store.write({ ops: [said] });
  await outbox.settle([refused(said, "本次检查已取消")]);
  const kept = await store.load(snapshot());
  assert.deepEqual(kept.rejected.map(({ reason, payload }) => [payload.value, reason.sentence]), [
    ["no", "本次检查已取消"],
  ]);
  assert.equal(kept.answers[0].value, "no");
  assert.equal(holds(await everything(), "已取消"), false);
  const again = answer("A-1", "yes");
  await store.write({ ops: [again] });
  await outbox.settle([applied(again, 1)]);
  const later = await store.load(snapshot());
  assert.deepEqual(later.rejected.map(({ superseded }) => superseded), [true]);
  assert.equal(later.answers[0].value, "yes");
});

test("a refusal and the later word in one answer of the server", async () => {
  const { store, outbox } = freshDisk().tab();
  const [no, yes] = [answer("A-1", "no"), answer("A-1", "yes")];
  await store.write({ ops: [no] });
  await store.write({ ops: [yes] });
  await outbox.settle([refused(no, "x"), applied(yes, 1)]);
  assert.deepEqual((await store.refused("V")).map(({ superseded }) => superseded), [true]);
});

test("an entry set aside leaves no gap, and only once", async () => {
  const { store, outbox } = freshDisk().tab();
  await store.write({ ops: [answer("A-1", "no")] });
  await store.write({ ops: [answer("A-2", "no")] });
  const [first] = await outbox.batch(1);
  await outbox.setAside(first, { code: "too_large" });
  await outbox.setAside(first, { code: "too_large" });
  const ops = await outbox.batch(100);
  assert.deepEqual(ops.map(({ seq, kind }) => [seq, kind]), [[1, "visit.start"], [2, "answer.set"]]);
  assert.deepEqual((await store.refused("V")).map(({ payload, reason }) => [payload.item, reason.code]), [
    ["A-1", "too_large"],
  ]);
});

test("a photo waits until its bytes have arrived; a removed one does not", async () => {
  const { store, outbox } = freshDisk().tab();
  await store.write(photo("p1"));
  await store.write(photo("p2"));
  assert.deepEqual(await outbox.waiting(), ["sha-p1", "sha-p2"]);
  assert.equal((await outbox.bytes("sha-p1")).byteLength > 9, true);
  await store.write({ ops: [op("photo.remove", { photo: "p2" })] });
  assert.deepEqual(await outbox.waiting(), ["sha-p1"]);
  await outbox.arrived("sha-p1");
  assert.deepEqual(await outbox.waiting(), []);
  const { photos } = await store.load(snapshot());
  assert.deepEqual(photos.map(({ id, received, removed }) => [id, received, removed]), [
    ["p1", true, false], ["p2", false, true],
  ]);
});

test("bytes used by two photos wait as long as one of them is there", async () => {
  const { store, outbox } = freshDisk().tab();
  await store.write(photo("p1", "same"));
  await store.write(photo("p2", "same"));
  await store.write({ ops: [op("photo.remove", { photo: "p1" })] });
  assert.deepEqual(await outbox.waiting(), ["same"]);
  assert.deepEqual(await outbox.sendAgain(["same", "unknown"]), ["unknown"]);
});

test("what was refused is not sent again, and says why after a restart", async () => {
  const { tab } = freshDisk();
  const { store, outbox } = tab();
  await store.write(photo("p1"));
  await outbox.troubled("sha-p1", { code: "photo.broken", sentence: "不是照片" });
  assert.deepEqual(await outbox.waiting(), []);
  assert.deepEqual(await outbox.sendAgain(["sha-p1"]), ["sha-p1"]);
  const { photos } = await tab().store.load(snapshot());
  assert.equal(photos[0].trouble.sentence, "不是照片");
  assert.equal(holds(await everything(), "不是照片"), false);
});

test("a submission waits for all entries and photos, is sealed, and is sent once", async () => {
  const { tab } = freshDisk();
  const { store, outbox } = tab();
  await store.load(snapshot());
  const taken = photo("p1");
  await store.write(taken);
  const wish = op("visit.submit", {}, { tpl: "ONSITE 1.0 secret" });
  await store.write({ meta: { "submit:V": wish } });
  assert.equal(holds(await everything(), "secret"), false);
  assert.equal(await outbox.promoteSubmissions(), false);
  await outbox.settle([applied(taken.ops[0])]);
  assert.equal(await outbox.promoteSubmissions(), false);
  await outbox.arrived("sha-p1");
  assert.deepEqual(await unsentOf(store), { entries: 1, photos: 0 });
  const both = await Promise.all([outbox.promoteSubmissions(), tab().outbox.promoteSubmissions()]);
  assert.deepEqual(both.sort(), [false, true]);
  assert.deepEqual((await outbox.batch(9)).map(({ op_id, seq }) => [op_id, seq]), [[wish.op_id, 2]]);
});

test("a submission waits for another tablet's photo, and one that was stopped is not sent", async () => {
  const { store, outbox } = freshDisk().tab();
  const theirs = { id: "p9", sha256: "sha-p9", item: "A-1", received: false };
  await store.load(snapshot({ photos: [theirs] }));
  await store.write({ meta: { "submit:V": op("visit.submit") } });
  assert.equal(await outbox.promoteSubmissions(), false);
  await store.load(snapshot({ photos: [{ ...theirs, received: true }] }));
  await store.write({ meta: { "submit:V": null } });
  assert.equal(await outbox.promoteSubmissions(), false);
  assert.deepEqual(await outbox.batch(9), []);
});

test("a visit that was handed in is forgotten, but not what was refused, nor another visit's photo", async () => {
  const { store, outbox } = freshDisk().tab();
  const other = op("photo.add", { photo: "p3", sha256: "same", item: "A-1" }, { visit: "W" });
  const denied = photo("p2");
  const submit = op("visit.submit");
  await store.load(snapshot());
  await store.write({ ...photo("p1", "same"), meta: { "timer:V:A-1": { item: "A-1" } } });
  await store.write({ ops: [other] });
  await store.write(denied);
  await store.write({ ops: [submit] });
  const ops = [...(await outbox.batch(9)), submit];
  const results = ops.map((each) =>
    (each.op_id === denied.ops[0].op_id ? refused(each, "x") : applied(each)));
  await outbox.settle(results);
  const { answers, photos, timers } = await store.load(snapshot());
  assert.deepEqual([answers, photos.map(({ id }) => id), timers], [[], ["p2"], {}]);
  assert.ok(await store.picture("same"));
  assert.ok(await store.picture("sha-p2"));
});

test("another person's unsent work is counted, without their key", async () => {
  const { tab } = freshDisk();
  const id = "0199aaaa-0000-7000-8000-000000000001";
  await tab(id).store.write({ ops: [answer("A-1", "no")], meta: { "submit:V": op("visit.submit") } });
  await tab(id).store.write(photo("p1"));
  assert.deepEqual(await unsentOfOthers("0199aaaa-0000-7000-8000-000000000002"), [{ entries: 3, photos: 1 }]);
});
