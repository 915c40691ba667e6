// A file of unsent work, packed and unpacked, whole and damaged.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { strToU8, unzipSync, zipSync } from "fflate";

import { readMe } from "../../static/js/telling.js";
import { pack, unpack } from "../../static/js/unsent-file.js";
import { learn } from "../../static/js/words.js";
import { answer, op } from "./fakes.js";

const picture = strToU8("bytes of a photo");
const name = createHash("sha256").update(picture).digest("hex");
const work = {
  person: { id: "P", name: "李巡" }, made_by: "S", visits: { V: { title: "胜利路支行" } },
  entries: [answer("A-1", "no")], refused: [{ ...answer("A-2", "77"), reason: { code: "answer.not_allowed" } }],
};
const photos = new Map([[name, { bytes: picture, type: "image/jpeg" }]]);
const packed = await pack(work, photos, "<!DOCTYPE html>");

const bad = (bytes, key) => assert.rejects(unpack(bytes), (error) => error.key === key);

/** The same file with something else in it. */
const changed = (more) => zipSync({ ...unzipSync(packed), ...more });

test("what was packed is unpacked again, with the bytes of the photos", async () => {
  const found = await unpack(packed.buffer);
  assert.deepEqual(found.work, work);
  assert.deepEqual(new Uint8Array(found.photos.get(name).bytes), picture);
  assert.equal(found.photos.get(name).type, "image/jpeg");
});

test("its sums can be checked by anybody", () => {
  const files = unzipSync(packed);
  const lines = new TextDecoder().decode(files.SHA256SUMS).trim().split("\n");
  assert.equal(lines.length, 3);
  for (const line of lines) {
    const [sum, file] = line.split("  ");
    assert.equal(createHash("sha256").update(files[file]).digest("hex"), sum);
  }
});

test("a file that is no zip, cut off, or another zip is unreadable", async () => {
  await bad(strToU8("%PDF-1.7"), "file.unreadable");
  await bad(packed.slice(0, -80), "file.unreadable");
  await bad(zipSync({ "holiday.jpg": picture }), "file.unreadable");
  await bad(changed({ "entries.json": strToU8("{") }), "file.unreadable");
});

test("another version is named as such", async () => {
  await bad(changed({ "entries.json": strToU8('{"format": 2}') }), "file.version");
});

test("a changed entry or photo is found out", async () => {
  const text = JSON.stringify({ format: 1, ...work, entries: [] });
  await bad(changed({ "entries.json": strToU8(text) }), "file.changed");
  await bad(changed({ [`photos/${name}.jpg`]: strToU8("other bytes") }), "file.changed");
  await bad(changed({ [`photos/${"0".repeat(64)}.jpg`]: picture }), "file.changed");
});

test("a bomb is refused before it is unpacked", async () => {
  const bomb = Buffer.from(packed);
  const directory = bomb.indexOf("PK\x01\x02"); // the first entry of the list of contents
  bomb.writeUInt32LE(600 * 1024 * 1024, directory + 24); // says that it is so large unpacked
  await bad(bomb, "file.too_large");
});

test("the page in it tells item, text and reason, escaped", () => {
  learn({
    "readme.title": "{name}", "readme.about": "{time}", "readme.time": "t", "readme.item": "i",
    "readme.entry": "e", "readme.refused": "refused: {reason}", "readme.no_photo": "no photo",
    "entry.note": "Note: {text}", "entry.photo.add": "Photo",
  }, "en");
  const note = op("note.set", { item: "A-1", field: "note", text: "<b>wet</b>" });
  const shot = op("photo.add", { item: "A-1", sha256: name });
  const about = { title: "Shengli Road", items: { "A-1": "Floor & mats" } };
  const refused = { ...note, reason: { sentence: "too long" } };
  const html = readMe({
    name: "Li", at: 0, language: "en", visits: [{ about, entries: [shot], refused: [refused] }],
    photo: () => `photos/${name}.jpg`,
  });
  assert.match(html, /A-1 Floor &amp; mats/);
  assert.match(html, /Note: &lt;b&gt;wet&lt;\/b&gt;/);
  assert.match(html, /refused: too long/);
  assert.match(html, new RegExp(`src="photos/${name}.jpg"`));
});
