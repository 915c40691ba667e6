// How far the sending has come, across reloads, until nothing is left.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Progress } from "../../static/js/progress.js";

function tab() {
  const kept = new Map();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
}

const named = (n) => ({ type: "settled", settled: Array(n).fill({}) });
const photo = { type: "photo", sha256: "aa", patch: { received: true } };

test("it counts what the server named, out of that and what still waits", () => {
  const progress = new Progress(tab());
  assert.deepEqual(progress.of({ entries: 109, photos: 20 }),
    { entries: 0, allEntries: 109, photos: 0, allPhotos: 20 });
  progress.hear(named(96));
  progress.hear(photo);
  progress.hear({ type: "photo", sha256: "bb", patch: { received: false, trouble: {} } });
  progress.hear({ type: "written", ops: [{}] });
  assert.deepEqual(progress.of({ entries: 14, photos: 19 }),
    { entries: 96, allEntries: 110, photos: 1, allPhotos: 20 });
});

test("a reload goes on counting, and when all is sent it begins anew", () => {
  const kept = tab();
  new Progress(kept).hear(named(96));
  assert.equal(new Progress(kept).of({ entries: 13, photos: 0 }).allEntries, 109);
  new Progress(kept).of({ entries: 0, photos: 0 });
  assert.equal(new Progress(kept).of({ entries: 5, photos: 0 }).allEntries, 5);
});
