import assert from "node:assert/strict";
import { test } from "node:test";

import { backOff, verdictOnOps, verdictOnPhoto } from "../../static/js/verdicts.js";

const error = (code, more = {}) => ({ error: { code, sentence: "…", ...more } });

const OPS = [
  ["results by name are taken", { status: 200, json: { results: [] } }, "taken"],
  ["silence is tried again", { status: 0 }, "retry"],
  ["a 200 that is a page (sign-in, captive portal) is tried again", { status: 200 }, "retry"],
  ["a 200 without results is tried again", { status: 200, json: { ok: true } }, "retry"],
  ["a broken server is tried again", { status: 500, json: error("server.broken") }, "retry"],
  ["a proxy's 502 is tried again", { status: 502 }, "retry"],
  ["too many requests are tried again", { status: 429 }, "retry"],
  ["a 404 from who knows where is tried again", { status: 404 }, "retry"],
  ["signed out waits for a person", { status: 401, json: error("sign_in.needed") }, "sign_in"],
  ["a proxy's 401 is not ours", { status: 401 }, "retry"],
  ["another person's stream waits", { status: 403, json: error("ops.foreign") }, "hold"],
  ["a gap is a gap", { status: 409, json: error("ops.gap", { expected: 7 }) }, "gap"],
  ["another 409 is tried again", { status: 409, json: error("race.lost") }, "retry"],
  ["photos first", { status: 424, json: error("photos.missing", { missing: ["a"] }) }, "photos"],
  ["what cannot be read is refused", { status: 422, json: error("ops.malformed") }, "refused"],
  ["what is too large is refused", { status: 413, json: error("photo.too_large") }, "refused"],
  ["a proxy's 413 is not our word", { status: 413 }, "retry"],
];

for (const [name, reply, act] of OPS) {
  test(`operations: ${name}`, () => assert.equal(verdictOnOps(reply).act, act));
}

const PHOTOS = [
  ["its own name is a receipt", { status: 200, json: { sha256: "a" } }, "taken"],
  ["another name is none", { status: 200, json: { sha256: "b" } }, "retry"],
  ["a page is none", { status: 200 }, "retry"],
  ["not an image is refused", { status: 422, json: error("photo.not_an_image") }, "refused"],
  ["damaged on the way is sent again", { status: 422, json: error("photo.mismatch") }, "retry"],
  ["signed out waits for a person", { status: 401, json: error("sign_in.needed") }, "sign_in"],
  ["silence is tried again", { status: 0 }, "retry"],
];

for (const [name, reply, act] of PHOTOS) {
  test(`a photo: ${name}`, () => assert.equal(verdictOnPhoto(reply, "a").act, act));
}

test("the wait doubles from half a second to a minute, and chance spreads it by half", () => {
  assert.deepEqual([1, 2, 3, 4].map((n) => backOff(n, 1)), [500, 1000, 2000, 4000]);
  assert.equal(backOff(1, 0), 250);
  assert.equal(backOff(8, 1), 60_000);
  assert.equal(backOff(500, 1), 60_000);
});
