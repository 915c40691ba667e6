import assert from "node:assert/strict";
import { test } from "node:test";

import { factsOf, isOutdated } from "../../static/js/facts.js";
import { answer, emptyVisit, op } from "./fakes.js";

const rules = ["A-1", "A-2", "A-3"].map((code) => ({ code }));
const shown = (state) => factsOf(rules, state, { failed: ["A-3", "A-1"] });

function visit() {
  const state = emptyVisit();
  const entries = [
    answer("A-1", "no"), answer("A-2", "yes"), answer("A-3", "9"),
    op("note.set", { item: "A-1", field: "note", text: " 灯箱缺字 " }),
    op("correction.set", { item: "A-3", corrected: true }),
    op("practice.set", { practice: "p2", section: null, text: "乙" }),
    op("practice.set", { practice: "p1", section: null, text: "丙" }),
    op("practice.remove", { practice: "p1" }),
  ];
  for (const entry of entries) state.record(entry, "tablet");
  return state;
}

test("the branch is shown what fails, in the checklist's order, and good practice", () => {
  assert.deepEqual(shown(visit()), {
    findings: [
      { item: "A-1", value: "no", place: "", note: "灯箱缺字", corrected: false },
      { item: "A-3", value: "9", place: "", note: "", corrected: true },
    ],
    practices: ["乙"],
  });
});

test("a signature holds until what was shown changes, in whatever order it is written down", () => {
  const state = visit();
  const { findings, practices } = shown(state);
  const signed = { practices, findings: findings.map((one) => Object.fromEntries(Object.entries(one).reverse())) };
  state.record(answer("A-2", "na"), "tablet");
  assert.equal(isOutdated(signed, shown(state)), false);
  state.record(op("note.set", { item: "A-3", field: "place", text: "二号窗口" }), "tablet");
  assert.equal(isOutdated(signed, shown(state)), true);
});

test("the latest signature counts, and one that found no room is as if it had not been", () => {
  const state = visit();
  const sign = (name) => op("visit.sign", { signature: name, name, signed_at: name });
  const second = sign("王强");
  state.record(sign("张敏"), "tablet");
  state.record(second, "saving");
  assert.equal(state.signature.name, "王强");
  state.forget(second);
  assert.equal(state.signature.name, "张敏");
});
