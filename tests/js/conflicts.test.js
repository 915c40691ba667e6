import assert from "node:assert/strict";
import { test } from "node:test";

import { TABLET } from "../../static/js/state.js";
import { madeAt } from "../../static/js/heartbeat.js";
import { uuid7 } from "../../static/js/uuid7.js";
import { answer, emptyVisit, op, RULES } from "./fakes.js";
import { standing } from "../../static/js/views.js";
import { score } from "../../static/js/scoring.js";

const OTHER = { value: "yes", by: "王察", device_at: "2026-11-23T01:12:00Z" };

function disputed() {
  const state = emptyVisit();
  const mine = answer("A-2", "no");
  state.record(mine, TABLET);
  state.settle(mine, { op_id: mine.op_id, status: "conflict", rev: 2, other: OTHER });
  return state;
}

const gaps = (state) => {
  const now = { running: [], submitting: false, refusal: null };
  return standing(RULES, state, score(RULES, state.values()), now).missing.filter(({ what }) => what === "conflict");
};

test("what somebody else recorded in the same place is asked about, and holds up the submission", () => {
  const state = disputed();
  assert.deepEqual(state.answer("A-2").conflicts, { value: [OTHER] });
  assert.equal(state.answer("A-2").value, "no");
  assert.deepEqual(gaps(state), [{ item: "A-2", what: "conflict" }]);
});

test("whoever records in knowledge of it decides it; who did not know of it does not", () => {
  const state = disputed();
  state.record(op("answer.set", { item: "A-2", value: "na", base: 0 }), TABLET);
  assert.equal(gaps(state).length, 1);
  state.record(op("note.set", { item: "A-2", field: "note", text: "x", base: 2 }), TABLET);
  assert.equal(gaps(state).length, 1);
  state.record(op("answer.set", { item: "A-2", value: "no", base: 2 }), TABLET);
  assert.deepEqual(gaps(state), []);
});

test("the time at which an entry was made stands in its id", () => {
  const moment = Date.UTC(2026, 10, 23, 1, 12, 0, 500);
  assert.equal(madeAt(uuid7(moment)), "2026-11-23T01:12:00.500Z");
});
