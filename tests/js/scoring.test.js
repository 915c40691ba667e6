// The table of cases that the server's scoring keeps to as well (tests/unit/test_scoring.py).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { credit, lost, passes, score, shown, skipped } from "../../static/js/scoring.js";

const table = JSON.parse(readFileSync(new URL("../unit/scoring_cases.json", import.meta.url)));
const rulesOf = (rules) => rules.map((rule) => ({ ...table.rule, ...rule }));

/** A figure of the table, such as "187.5" or "1/3", is the same number as an exact fraction. */
function assertExactly({ n, d }, figure) {
  const [over, under = "1"] = figure.split("/");
  const [whole, part = ""] = over.split(".");
  const scale = 10n ** BigInt(part.length);
  assert.equal(n * BigInt(under) * scale, BigInt(whole + part) * d, `${n}/${d} is not ${figure}`);
}

for (const { name, rules, answers, standings, occurrences, expected } of table.cases) {
  test(name, () => {
    const result = score(rulesOf(rules), answers, { standings, occurrences });

    const wanted = { ...table.expected, ...expected };
    assert.equal(result.value && shown(result.value), wanted.value);
    for (const figure of ["earned", "available", "extra", "deducted"]) {
      assertExactly(result[figure], wanted[figure]);
    }
    assert.equal(result.vetoed, wanted.vetoed);
    assert.equal(result.vetoPending, wanted.veto_pending);
    assert.deepEqual(result.failed, wanted.failed);
    assert.deepEqual(result.unanswered, wanted.unanswered);
    assert.deepEqual([...result.skipped].sort(), [...wanted.skipped].sort());
    for (const [code, { earned, available, ...counts }] of Object.entries(wanted.sections ?? {})) {
      const { earned: e, available: a, ...counted } = result.sections[code];
      assertExactly(e, earned);
      assertExactly(a, available);
      assert.deepEqual(counted, counts);
    }
  });
}

const [wait] = rulesOf([{
  code: "wait", type: "duration", op: "<=", limit: 60, half_limit: 120, points: 3,
}]);

test("an answer passes, fails, or has nothing to pass", () => {
  assert.equal(passes(wait, "60"), true);
  assert.equal(passes(wait, "61"), false);
  assert.equal(passes(wait, "na"), null);
  assert.equal(passes({ ...wait, points: 0 }, "61"), null);
});

test("credit and loss make up the points of an item", () => {
  const cases = [["60", "3", "0"], ["61", "1.5", "1.5"], ["121", "0", "3"]];
  for (const [value, earned, missing] of cases) {
    assertExactly(credit(wait, value), earned);
    assertExactly(lost(wait, value), missing);
  }
});

test("a failed deduction loses its points and never earns any", () => {
  const [taboo] = rulesOf([{ code: "taboo", effect: "deduct", points: 5 }]);
  assertExactly(credit(taboo, "yes"), "0");
  assertExactly(lost(taboo, "no"), "5");
});

test("a failed gate skips what comes after it in its section", () => {
  const rules = rulesOf([{ code: "gate", effect: "gate" }, { code: "b" }, { code: "c" }]);
  assert.deepEqual([...skipped(rules, { gate: "no", b: "na" })], ["c"]);
});

test("a score without a value is shown as a dash", () => {
  assert.equal(shown(null), "—");
});

test("another cap can be set", () => {
  const rules = rulesOf([{ code: "a", critical: true }, { code: "b", points: 9 }]);
  const veto = { standings: { a: "confirmed" }, cap: "49.5" };
  assert.equal(shown(score(rules, { a: "no", b: "yes" }, veto).value), "49.50");
});
