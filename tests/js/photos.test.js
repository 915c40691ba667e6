import assert from "node:assert/strict";
import { test } from "node:test";

import { exifTime } from "../../static/js/exif.js";
import { read, takenAt } from "../../static/js/photos.js";
import { fit, MAX_BYTES, sniff } from "../../static/js/picture.js";

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

const NOW = Date.parse("2026-11-23T10:00:00Z");
const plain = new ArrayBuffer(20);

test("a photo's time is the camera's, else the file's, else the tablet's; the future is not believed", () => {
  const camera = jpegWith({ time: "2026:11:23 17:12:05", offset: "+08:00" });
  const file = { lastModified: NOW - 5000 };
  assert.deepEqual(takenAt(file, camera, NOW), { taken_at: "2026-11-23T09:12:05.000Z", taken_from: "exif" });
  assert.deepEqual(takenAt(file, plain, NOW), { taken_at: "2026-11-23T09:59:55.000Z", taken_from: "file" });
  const ahead = jpegWith({ time: "2027:01:01 00:00:00" });
  assert.equal(takenAt(file, ahead, NOW).taken_from, "file");
  for (const lastModified of [NOW + 1, 0]) {
    const taken = { taken_at: "2026-11-23T10:00:00.000Z", taken_from: "clock" };
    assert.deepEqual(takenAt({ lastModified }, plain, NOW), taken);
  }
});

test("a camera that tells no time zone is in the tablet's; either byte order is read", () => {
  const time = "2026:11:23 17:12:05";
  for (const isLittle of [true, false]) {
    assert.equal(exifTime(jpegWith({ time, isLittle })), new Date("2026-11-23T17:12:05").getTime());
  }
});

test("damaged EXIF, an empty time and other files tell no time", () => {
  const whole = jpegWith({ time: "2026:11:23 17:12:05" });
  for (let length = 0; length < 60; length += 1) assert.equal(exifTime(whole.slice(0, length)), null);
  for (const time of ["    :  :     :  :  ", "0000:00:00 00:00:00", "hello"]) {
    assert.equal(exifTime(jpegWith({ time })), null);
  }
  assert.equal(exifTime(plain), null);
});

/** The head of a JPEG whose second segment is EXIF, as cameras write it. */
function jpegWith({ time, offset = "", isLittle = false }) {
  const tiff = new DataView(new ArrayBuffer(120));
  const put = (at, text) => [...text].forEach((letter, n) => tiff.setUint8(at + n, letter.charCodeAt(0)));
  const entry = (at, tag, kind, count, value) => {
    tiff.setUint16(at, tag, isLittle);
    tiff.setUint16(at + 2, kind, isLittle);
    tiff.setUint32(at + 4, count, isLittle);
    tiff.setUint32(at + 8, value, isLittle);
  };
  put(0, isLittle ? "II" : "MM");
  tiff.setUint16(2, 42, isLittle);
  tiff.setUint32(4, 8, isLittle);
  tiff.setUint16(8, 1, isLittle);
  entry(10, 0x8769, 4, 1, 30);
  tiff.setUint16(30, 2, isLittle);
  entry(32, 0x9003, 2, 20, 70);
  entry(44, 0x9011, 2, 7, 95);
  put(70, time);
  put(95, offset);
  const head = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xe1, 0, 128];
  const bytes = [...head, ...[..."Exif\0\0"].map((c) => c.charCodeAt(0)), ...new Uint8Array(tiff.buffer)];
  return Uint8Array.from([...bytes, 0xff, 0xda, 0, 2]).buffer;
}
