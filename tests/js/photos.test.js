import assert from "node:assert/strict";
import { test } from "node:test";

import { fit, MAX_BYTES, read, sniff, takenAt } from "../../static/js/photos.js";

const head = (text) => Uint8Array.from(text.padEnd(12, "\0"), (letter) => letter.charCodeAt(0));

test("a photo is known by its first bytes, whatever it calls itself", () => {
  const known = {
    "\xff\xd8\xff\xe0": "image/jpeg",
    "\x89PNG\r\n\x1a\n": "image/png",
    "RIFF\x24\0\0\0WEBP": "image/webp",
    "\0\0\0\x18ftypheic": "image/heic",
    "\0\0\0\x18ftypmif1": "image/heic",
  };
  for (const [bytes, type] of Object.entries(known)) assert.equal(sniff(head(bytes)), type);
});

test("a film, a page and a text are no photos", () => {
  for (const bytes of ["\0\0\0\x18ftypmp42", "<!doctype html", "RIFF\x24\0\0\0WAVE", "GIF89a", ""]) {
    assert.equal(sniff(head(bytes)), null);
  }
});

test("the long edge becomes 2048, upright or lying, and small photos stay as they are", () => {
  assert.deepEqual(fit(4032, 3024, 2048), [2048, 1536]);
  assert.deepEqual(fit(3024, 4032, 2048), [1536, 2048]);
  assert.deepEqual(fit(800, 600, 2048), [800, 600]);
  assert.deepEqual(fit(10_000, 2, 320), [320, 1]);
});

test("a file that is too large, gone or empty is refused by name", async () => {
  await assert.rejects(read({ size: MAX_BYTES + 1 }), { key: "photo.too_large" });
  const gone = { size: 9, arrayBuffer: () => Promise.reject(new Error("gone")) };
  await assert.rejects(read(gone), { key: "photo.unreadable" });
  const empty = { size: 9, arrayBuffer: async () => new ArrayBuffer(0) };
  await assert.rejects(read(empty), { key: "photo.unreadable" });
});

test("a photo's time is the file's, unless that lies in the future", () => {
  assert.equal(takenAt({ lastModified: 1000 }, 5000), "1970-01-01T00:00:01.000Z");
  assert.equal(takenAt({ lastModified: 9000 }, 5000), "1970-01-01T00:00:05.000Z");
  assert.equal(takenAt({ lastModified: 0 }, 5000), "1970-01-01T00:00:05.000Z");
});
