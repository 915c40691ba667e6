import assert from "node:assert/strict";
import { test } from "node:test";

import { arrivals, missing, nextOf } from "../../static/js/completeness.js";
import { score } from "../../static/js/scoring.js";
import { TABLET } from "../../static/js/state.js";
import { standing } from "../../static/js/views.js";
import { answer, emptyVisit, op, RULES } from "./fakes.js";

const photo = (stage, id = stage) =>
  op("photo.add", { photo: id, sha256: id, item: "A-2", practice: null, stage, caption: "", taken_at: "" });

function after(...ops) {
  const state = emptyVisit();
  for (const one of ops) state.record(one, TABLET);
  return state;
}

const lacking = (state) =>
  missing(RULES, state, score(RULES, state.values())).map(({ item, what }) => `${item} ${what}`);

test("every unanswered item is missing, in the order of the checklist", () => {
  assert.deepEqual(lacking(after(answer("A-2", "yes"))), ["A-1 answer", "B-1 answer"]);
});

test("a failed item needs a photo, or a reason why there is none", () => {
  const failed = [answer("A-1", "yes"), answer("A-2", "no"), answer("B-1", "0")];
  assert.deepEqual(lacking(after(...failed)), ["A-2 photo"]);
  assert.deepEqual(lacking(after(...failed, photo("before"))), []);
  const reason = op("note.set", { item: "A-2", field: "no_photo_reason", text: "涉及客户资料" });
  assert.deepEqual(lacking(after(...failed, reason)), []);
  const blank = op("note.set", { item: "A-2", field: "no_photo_reason", text: "  " });
  assert.deepEqual(lacking(after(...failed, blank)), ["A-2 photo"]);
});

test("a correction on the spot needs a photo of the result", () => {
  const corrected = [answer("A-1", "yes"), answer("A-2", "no"), answer("B-1", "0"), photo("before"),
    op("correction.set", { item: "A-2", corrected: true })];
  assert.deepEqual(lacking(after(...corrected)), ["A-2 after_photo"]);
  assert.deepEqual(lacking(after(...corrected, photo("after"))), []);
  const removed = [photo("after"), op("photo.remove", { photo: "after" })];
  assert.deepEqual(lacking(after(...corrected, ...removed)), ["A-2 after_photo"]);
});

test("what a failed gate skips is not asked for", () => {
  assert.deepEqual(lacking(after(answer("A-1", "no"), answer("A-2", "no"), answer("B-1", "3"))), []);
});

test("the next one is the next in the checklist, and after the last the first again", () => {
  assert.equal(nextOf(RULES, ["A-1", "B-1"], "A-1"), "B-1");
  assert.equal(nextOf(RULES, ["A-1", "B-1"], "B-1"), "A-1");
  assert.equal(nextOf(RULES, ["A-2"], null), "A-2");
  assert.equal(nextOf(RULES, [], "A-1"), null);
});

test("an answer counts as received when none of its entries is on its way or refused", () => {
  const first = answer("A-1", "yes");
  const second = answer("A-2", "no");
  const add = photo("before");
  const state = after(first, second, add);
  state.settle(first, { op_id: first.op_id, status: "applied", rev: 1 });
  state.settle(second, { op_id: second.op_id, status: "rejected", reason: {} });
  state.settle(add, { op_id: add.op_id, status: "applied" });
  const { answers, answersTotal, photos, photosTotal } = arrivals(RULES, state);
  assert.deepEqual([answers, answersTotal, photos, photosTotal], [1, 2, 0, 1]);
  state.photoNews("before", { received: true });
  assert.equal(arrivals(RULES, state).photos, 1);
});

test("a running stopwatch, a lost photo and one on another device stand in the way", () => {
  const state = after(answer("A-1", "yes"), photo("before"));
  state.photoNews("before", { trouble: { code: "photo.lost" } });
  const far = { id: "far", item: "A-2", stage: "before", taken_at: "", received: false, foreign: true };
  state.photos.set("far", far);
  const now = { running: ["B-1"], submitting: false, refusal: null };
  const { missing: gaps, lost, foreign } = standing(RULES, state, score(RULES, state.values()), now);
  assert.deepEqual(gaps.at(-1), { item: "B-1", what: "running" });
  assert.deepEqual([lost, foreign], [1, 1]);
});

test("what the server misses is listed beside what this tablet misses, once each", () => {
  const state = after(answer("A-1", "yes"), answer("A-2", "yes"));
  const theirs = [{ item: "B-1", what: "answer" }, { item: "A-2", what: "photo" }];
  const refusal = { code: "visit.incomplete", missing: theirs };
  const now = { running: [], submitting: false, refusal };
  const { missing: gaps } = standing(RULES, state, score(RULES, state.values()), now);
  assert.deepEqual(gaps.map(({ item, what }) => `${item} ${what}`), ["B-1 answer", "A-2 photo"]);
});
