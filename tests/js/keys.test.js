import "fake-indexeddb/auto";

import assert from "node:assert/strict";
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, test } from "node:test";

import * as keys from "../../static/js/keys.js";
import * as pins from "../../static/js/pins.js";

const HOUR_MS = 3600_000;

let server;

beforeEach((t) => {
  globalThis.indexedDB = new IDBFactory();
  t.mock?.timers?.reset();
  server = { isUp: true, signedIn: "li", asked: [] };
  globalThis.fetch = async (path, { body }) => {
    if (!server.isUp) throw new TypeError("no network");
    server.asked.push([path, JSON.parse(body)]);
    if (!server.signedIn) return new Response("{}", { status: 401 });
    if (path === "/api/lock") {
      server.signedIn = null;
      return new Response(null, { status: 204 });
    }
    const person = server.signedIn;
    const key = Buffer.alloc(32, person).toString("base64");
    return Response.json({ person, name: `name of ${person}`, username: person, key, idle_s: 12 * 3600 });
  };
});

/** Something sealed by a person's key, and whether it opens with what is on the tablet. */
async function sealed(person) {
  return keys.seal(await keys.release(person), "秘密", "x");
}

async function opens(person, what) {
  const key = await keys.currentKey(person);
  return key !== null && (await keys.open(key, what, "x")) === "秘密";
}

test("the key of who is signed in is fetched once, kept, and cannot be read out", async () => {
  const what = await sealed("li");
  server.isUp = false;
  assert.ok(await opens("li", what));
  assert.equal((await keys.release("li")).extractable, false);
  assert.equal(server.asked.length, 1);
});

test("nobody gets another's key: not by asking, not by signing in after them", async () => {
  await sealed("li");
  assert.equal(await keys.currentKey("wang"), null);
  server.signedIn = "wang";
  assert.equal(await keys.release("zhao"), null);
  await keys.release("wang");
  assert.equal(await keys.currentKey("li"), null);
});

test("the same key comes back after locking and signing in again", async () => {
  const what = await sealed("li");
  await keys.lock();
  assert.equal(await opens("li", what), false);
  await keys.endSession();
  assert.equal(await keys.release("li"), null);
  server.signedIn = "li";
  assert.ok(await keys.release("li"));
  assert.ok(await opens("li", what));
});

test("while a session goes on behind the lock, it releases no key", async () => {
  await sealed("li");
  server.isUp = false;
  await keys.lock();
  assert.equal(await keys.endSession(), false);
  server.isUp = true;
  assert.equal(await keys.release("li"), null);
  assert.ok(await keys.isLocked());
  assert.equal(await keys.endSession(), true);
  assert.equal(await keys.isLocked(), false);
});

test("a tablet that nobody uses locks itself; one that is used does not", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 1_800_000_000_000 });
  await sealed("li");
  t.mock.timers.tick(11 * HOUR_MS);
  await keys.used();
  t.mock.timers.tick(11 * HOUR_MS);
  assert.equal(await keys.lockIfIdle(), false);
  t.mock.timers.tick(HOUR_MS);
  await keys.used(); // too late
  assert.equal(await keys.currentKey("li"), null);
  assert.equal(await keys.lockIfIdle(), true);
  assert.ok(await keys.isLocked());
});

test("whoever comes next turns out who was there, and oneself stays", async () => {
  await sealed("li");
  await keys.turnOut((holder) => holder.username === "li");
  assert.ok(await keys.currentKey("li"));
  await keys.turnOut((holder) => holder.username === "wang");
  assert.equal(await keys.currentKey("li"), null);
});

test("names stay until their person signs out", async () => {
  await sealed("li");
  await keys.lock();
  assert.deepEqual([...(await keys.names())], [["li", "name of li"]]);
  await keys.forget("li");
  assert.deepEqual([...(await keys.names())], []);
});

test("a session that is another's ends when the server is there; one's own goes on", async () => {
  await keys.release("li");
  await pins.setPin("li", "804917");
  server.signedIn = "wang";
  await keys.release("wang");
  await keys.endForeignSession();
  assert.equal(server.signedIn, "wang");
  server.isUp = false;
  await keys.lock();
  await pins.unlock("li", "804917");
  await keys.endForeignSession();
  server.isUp = true;
  await keys.endForeignSession();
  assert.equal(server.signedIn, null);
  assert.ok(await keys.currentKey("li"), "who is there stays");
});

test("a session that is taken away takes the key along, once; a PIN still opens", async () => {
  await keys.release("li");
  await pins.setPin("li", "804917");
  await keys.sessionWasTakenAway();
  assert.equal(await keys.currentKey("li"), null);
  await pins.unlock("li", "804917");
  await keys.sessionWasTakenAway();
  assert.ok(await keys.currentKey("li"), "who has the PIN goes on without a session");
});

// The PIN

test("a PIN of few digits, or one that everybody guesses, is refused", () => {
  assert.deepEqual(["", "1", "12345"].map(pins.flawOf), ["short", "short", "short"]);
  assert.deepEqual(["12345a", "１２３４５６"].map(pins.flawOf), ["digits", "digits"]);
  const easy = ["000000", "123456", "654321", "789012", "121212", "123123", "1234567890"];
  assert.deepEqual(easy.filter((pin) => pins.flawOf(pin) !== "easy"), []);
  assert.deepEqual(["135790", "112233", "804917", "19491001"].map(pins.flawOf), ["", "", "", ""]);
});

test("the right PIN unlocks without a network, a wrong one does not, and another's neither", async () => {
  const what = await sealed("li");
  assert.ok(await pins.setPin("li", "804917"));
  server.signedIn = "wang";
  await keys.release("wang");
  assert.ok(await pins.setPin("wang", "719408"));
  server.isUp = false;
  await keys.lock();
  assert.deepEqual((await pins.pinHolders()).map(({ person }) => person), ["li", "wang"]);
  assert.equal(await pins.unlock("li", "719408"), "wrong");
  assert.equal(await keys.currentKey("li"), null);
  assert.equal(await pins.unlock("li", "804917"), "unlocked");
  assert.ok(await opens("li", what));
  assert.equal(await keys.isLocked(), false);
  assert.deepEqual(await pins.standingOf("li"), { left: 10, wait: 0 });
});

test("a PIN is not set without a network, nor by somebody else's session", async () => {
  await sealed("li");
  server.signedIn = "wang";
  assert.equal(await pins.setPin("li", "804917"), false);
  server.isUp = false;
  assert.equal(await pins.setPin("li", "804917"), false);
  assert.deepEqual(await pins.pinHolders(), []);
});

test("wrong PINs make one wait longer and longer, and the tenth takes the wrapped key away", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 1_800_000_000_000 });
  const what = await sealed("li");
  await pins.setPin("li", "804917");
  await keys.lock();
  const waits = [];
  for (let n = 1; n < 10; n += 1) {
    assert.equal(await pins.unlock("li", "111222"), "wrong");
    const { wait } = await pins.standingOf("li");
    waits.push(wait);
    if (wait) assert.equal(await pins.unlock("li", "804917"), "wait", "not even the right one");
    t.mock.timers.tick(wait * 1000);
  }
  assert.deepEqual(waits, [0, 0, 5, 15, 30, 60, 120, 300, 600]);
  assert.equal(await pins.unlock("li", "111222"), "gone");
  assert.equal(await pins.unlock("li", "804917"), "gone");
  assert.deepEqual(await pins.pinHolders(), []);
  await keys.endSession();
  server.signedIn = "li";
  await keys.release("li");
  assert.ok(await opens("li", what), "nothing is lost");
});

test("a clock that is put back locks nobody out", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 1_800_000_000_000 });
  await sealed("li");
  await pins.setPin("li", "804917");
  for (let n = 0; n < 3; n += 1) await pins.unlock("li", "111222");
  t.mock.timers.setTime(1_700_000_000_000);
  assert.deepEqual(await pins.standingOf("li"), { left: 7, wait: 0 });
});
