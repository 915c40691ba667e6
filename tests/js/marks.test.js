import assert from "node:assert/strict";
import { test } from "node:test";

import { drawMarks, isSeen } from "../../static/js/marks.js";

test("a box covers whole pixels outwards, however it was drawn", () => {
  const filled = [];
  const context = { fillRect: (...box) => filled.push([context.fillStyle, ...box]) };
  const points = [{ x: 0.5049, y: 0.8 }, { x: 0.1011, y: 0.2 }];
  drawMarks(context, [{ tool: "cover", points }], { width: 100, height: 50 });
  assert.deepEqual(filled, [["#000", 10, 10, 41, 30]]);
});

test("a slip of the finger is no mark", () => {
  const mark = (tool, ...places) => ({ tool, points: places.map(([x, y]) => ({ x, y })) });
  assert.equal(isSeen(mark("cover", [0.1, 0.1], [0.3, 0.3])), true);
  assert.equal(isSeen(mark("cover", [0.1, 0.1], [0.3, 0.1])), false);
  assert.equal(isSeen(mark("arrow", [0.1, 0.1], [0.3, 0.1])), true);
  assert.equal(isSeen(mark("pen", [0.1, 0.1], [0.1, 0.1])), false);
});
