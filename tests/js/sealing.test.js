import assert from "node:assert/strict";
import { test } from "node:test";

import { open, seal } from "../../static/js/sealing.js";

const newKey = () =>
  crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
const bytes = (...numbers) => Uint8Array.from(numbers).buffer;

test("what was sealed opens again as it was, bytes included", async () => {
  const key = await newKey();
  const values = [
    { note: "门口地面有水。", rev: 3, gone: null, list: [1, "2", { deep: [] }], [""]: "" },
    { photo: bytes(1, 2, 3), thumb: { 10: bytes(), 2: bytes(255, 0) }, none: null },
    bytes(9, 8, 7), [], "", 0, null, true,
  ];
  for (const value of values) assert.deepEqual(await open(key, await seal(key, value, "x"), "x"), value);
});

test("it opens with no other key and as nothing else, and not when it was changed", async () => {
  const key = await newKey();
  const sealed = await seal(key, { note: "秘密" }, "op-1");
  await assert.rejects(open(await newKey(), sealed, "op-1"));
  await assert.rejects(open(key, sealed, "op-2"));
  new Uint8Array(sealed.data)[0] ^= 1;
  await assert.rejects(open(key, sealed, "op-1"));
});

test("the same value sealed twice looks different, and shows nothing of itself", async () => {
  const key = await newKey();
  const [one, two] = [await seal(key, "ON-ENV-04", "x"), await seal(key, "ON-ENV-04", "x")];
  assert.notDeepEqual(one, two);
  assert.ok(!Buffer.from(one.data).includes("ON-ENV-04"));
});
