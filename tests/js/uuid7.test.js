import assert from "node:assert/strict";
import { test } from "node:test";

import { uuid7 } from "../../static/js/uuid7.js";

test("an id carries its time, its version and its variant", () => {
  const id = uuid7(0x0199_aabb_ccdd, new Uint8Array(10).fill(0xff));
  assert.equal(id, "0199aabb-ccdd-7fff-bfff-ffffffffffff");
});

test("ids sort by the time they were made", () => {
  const ids = [1, 255, 256, 2 ** 40, Date.now()].map((now) => uuid7(now));
  assert.deepEqual([...ids].sort(), ids);
});

test("two ids of one moment differ", () => {
  assert.notEqual(uuid7(5), uuid7(5));
});
