import assert from "node:assert/strict";
import { test } from "node:test";

import { flushAll, Typing } from "../../static/js/typing.js";
import { Clock } from "./fakes.js";

function field() {
  const clock = new Clock();
  const saved = [];
  const busy = [];
  const typing = new Typing((text) => saved.push(text), (state) => busy.push(state), clock);
  return { clock, saved, busy, typing };
}

test("a word typed without a pause is saved once, 600 ms after the last letter", async () => {
  const { clock, saved, typing } = field();
  for (const text of ["水", "水渍", "水渍未", "水渍未擦"]) {
    typing.typed(text);
    await clock.pass(500);
  }
  assert.deepEqual(saved, []);
  await clock.pass(100);
  assert.deepEqual(saved, ["水渍未擦"]);
});

test("leaving the field saves at once, and the timer does not save again", async () => {
  const { clock, saved, typing } = field();
  typing.typed("三种");
  typing.flush();
  await clock.pass(5000);
  assert.deepEqual(saved, ["三种"]);
});

test("what ends as it began is not saved", async () => {
  const { clock, saved, busy, typing } = field();
  typing.settle("原文");
  typing.typed("原文x");
  typing.typed("原文");
  await clock.pass(600);
  assert.deepEqual(saved, []);
  assert.equal(busy.at(-1), false);
});

test("a page that hides saves every field", () => {
  const one = field();
  const two = field();
  one.typing.typed("一");
  two.typing.typed("二");
  flushAll();
  assert.deepEqual([one.saved, two.saved], [["一"], ["二"]]);
  flushAll();
  assert.deepEqual([one.saved, two.saved], [["一"], ["二"]]);
});

test("text given up is never saved", async () => {
  const { clock, saved, typing } = field();
  typing.typed("不要了");
  typing.drop();
  await clock.pass(5000);
  assert.deepEqual(saved, []);
});
