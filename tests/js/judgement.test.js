import assert from "node:assert/strict";
import { test } from "node:test";

import { judge } from "../../static/js/judgement.js";
import { rule } from "./fakes.js";

const count = rule("N", { type: "number", op: "<=", limit: "0", half_limit: "1", points: "3" });
const steps = rule("S", { type: "score", op: ">=", limit: "3", max: 5, points: "2" });

const CASES = [
  ["nothing is said of what is not answered", rule("Y"), null, "", ""],
  ["a pass earns its points", rule("Y"), "yes", "pass", "judgement.pass", "2"],
  ["a failure loses them", rule("Y"), "no", "fail", "judgement.fail", "2"],
  ["half met loses half", count, "1", "half", "judgement.half", "1.5"],
  ["not even half met loses all", count, "2", "fail", "judgement.fail", "3"],
  ["steps earn in proportion", steps, "4", "pass", "judgement.pass", "1.6"],
  ["too few steps are a failure, though they earn something", steps, "1", "fail", "judgement.fail", "1.6"],
  ["a gate says what it shuts", rule("G", { effect: "gate" }), "no", "fail", "judgement.gate", "2"],
  ["a deduction says what it takes off", rule("D", { effect: "deduct", points: "5" }), "no", "fail", "judgement.deduct", "5"],
  ["not applicable is not counted", rule("Y"), "na", "mute", "judgement.na"],
  ["of an item that is only recorded nothing is said", rule("I", { type: "number", points: "0" }), "4", "", ""],
];

for (const [name, item, value, tone, key, n] of CASES) {
  test(name, () => {
    const judgement = judge(item, value);
    assert.equal(judgement.tone, tone);
    assert.equal(judgement.key, key);
    if (n) assert.equal(judgement.values.n, n);
  });
}

test("a veto item that fails says so, whatever else it does", () => {
  for (const effect of ["score", "gate", "deduct"]) {
    assert.equal(judge(rule("V", { critical: true, effect }), "no").veto, true);
  }
  assert.equal(judge(rule("V", { critical: true }), "yes").veto, undefined);
});

test("what a failed gate skips is skipped, whatever was answered", () => {
  assert.equal(judge(rule("Y"), "no", true).key, "judgement.skipped");
});
