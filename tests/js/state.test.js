import assert from "node:assert/strict";
import { test } from "node:test";

import { BLANK } from "../../static/js/effects.js";
import { RECEIVED, SAVING, TABLET, UNSAVED } from "../../static/js/state.js";
import { answer, emptyVisit, op } from "./fakes.js";

const photo = (id, more = {}) =>
  op("photo.add", {
    photo: id, sha256: `sha-${id}`, item: "A-2", practice: null, stage: "before", caption: "", taken_at: id,
    ...more,
  });

test("what is recorded is there at once, and as safe as its weakest part", () => {
  const state = emptyVisit();
  const first = answer("A-2", "no");
  state.record(first, SAVING);
  assert.equal(state.answer("A-2").value, "no");
  assert.equal(state.marks().get("A-2"), SAVING);
  state.mark(first.op_id, TABLET);
  assert.equal(state.marks().get("A-2"), TABLET);
  const note = op("note.set", { item: "A-2", field: "note", text: "水渍" });
  state.record(note, UNSAVED);
  assert.equal(state.marks().get("A-2"), UNSAVED);
  state.mark(note.op_id, TABLET);
  state.settle(first, { op_id: first.op_id, status: "applied", rev: 1 });
  assert.equal(state.marks().get("A-2"), TABLET);
  state.settle(note, { op_id: note.op_id, status: "applied", rev: 2 });
  assert.equal(state.marks().get("A-2"), RECEIVED);
  assert.equal(state.answer("A-2").rev, 2);
});

test("an item is received only when the bytes of its photos are", () => {
  const state = emptyVisit();
  const add = photo("p1");
  state.record(add, SAVING);
  assert.equal(state.markOf(state.photos.get("p1")), SAVING);
  state.mark(add.op_id, TABLET);
  state.settle(add, { op_id: add.op_id, status: "applied" });
  assert.equal(state.marks().get("A-2"), TABLET);
  assert.equal(state.markOf(state.photos.get("p1")), TABLET);
  state.photoNews("sha-p1", { received: true });
  assert.equal(state.marks().get("A-2"), RECEIVED);
  assert.equal(state.markOf(state.photos.get("p1")), RECEIVED);
});

test("one set of bytes used twice arrives for both photos", () => {
  const state = emptyVisit();
  for (const id of ["p1", "p2"]) state.record(photo(id, { sha256: "same" }), TABLET);
  state.photoNews("same", { received: true });
  assert.deepEqual(state.photosOf({ item: "A-2" }).map(({ received }) => received), [true, true]);
});

test("a removed photo is gone, and its removal still has to arrive", () => {
  const state = emptyVisit();
  const add = photo("p1");
  const remove = op("photo.remove", { photo: "p1" });
  state.record(add, TABLET);
  state.settle(add, { op_id: add.op_id, status: "applied" });
  state.record(remove, TABLET);
  assert.deepEqual(state.photosOf({ item: "A-2" }), []);
  assert.equal(state.marks().get("A-2"), TABLET);
});

test("what the server refused is on this tablet, never received", () => {
  const state = emptyVisit();
  const late = answer("A-1", "yes");
  state.record(late, TABLET);
  state.settle(late, { op_id: late.op_id, status: "rejected", reason: { code: "visit.frozen" } });
  assert.equal(state.marks().get("A-1"), TABLET);
  assert.equal(state.rejected.length, 1);
  const again = answer("A-1", "no");
  state.record(again, TABLET);
  state.settle(again, { op_id: again.op_id, status: "applied", rev: 1 });
  assert.deepEqual(state.rejected, []);
  assert.equal(state.marks().get("A-1"), RECEIVED);
});

test("after a reload the entries on their way are done again on top of what the server knew", () => {
  const row = { ...BLANK, visit: "V", item: "A-1", value: "yes", rev: 4 };
  const state = emptyVisit({ answers: [row], ops: [answer("A-1", "no")] });
  assert.equal(state.answer("A-1").value, "no");
  assert.equal(state.marks().get("A-1"), TABLET);
});

test("answers taken back are not among the values", () => {
  const state = emptyVisit();
  state.record(answer("A-1", "yes"), TABLET);
  state.record(answer("A-2", "no"), TABLET);
  state.record(answer("A-2", null), TABLET);
  assert.deepEqual(state.values(), { "A-1": "yes" });
});

test("a photo that found no room leaves no trace", () => {
  const state = emptyVisit();
  const add = photo("p1");
  state.record(add, SAVING);
  state.forget(add);
  assert.deepEqual([state.photosOf({}), state.pending.size], [[], 0]);
});
