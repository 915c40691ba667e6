import assert from "node:assert/strict";
import { test } from "node:test";

import { numberOf, onlyNumber, secondsOf } from "../../static/js/numbers.js";

test("only digits and one point can be typed, full-width ones too", () => {
  const typed = { "３种": "3", "1.2.3": "1.23", "9。5": "9.5", "-4": "4", "abc": "", "1.": "1." };
  for (const [text, clean] of Object.entries(typed)) assert.equal(onlyNumber(text), clean);
  assert.equal(onlyNumber("12.5", true), "12");
});

test("a number is recorded without needless zeros, with at most two decimals and seven digits", () => {
  const recorded = { "007": "7", "3.": "3", ".5": "0.5", "2.50": "2.5", "98.765": "98.76", "0": "0",
    "123456789": "1234567", "": null, ".": null };
  for (const [text, number] of Object.entries(recorded)) assert.equal(numberOf(text), number, text);
});

test("minutes and seconds become whole seconds", () => {
  assert.equal(secondsOf("1", "5"), "65");
  assert.equal(secondsOf("", "90"), "90");
  assert.equal(secondsOf("20", ""), "1200");
  assert.equal(secondsOf("", ""), null);
  assert.equal(secondsOf("9999", "99999"), "99999");
});
