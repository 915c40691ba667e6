// The recorder with a disk that fails when told to.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Recorder } from "../../static/js/recorder.js";
import { Clock, emptyVisit, settle } from "./fakes.js";

function desk() {
  const clock = new Clock();
  const written = [];
  const store = { fails: null, makeRoom: async () => false, async write(action) {
    if (store.fails) throw store.fails;
    written.push(...action.ops.map(({ kind, payload }) => [kind, payload.value ?? payload.photo ?? ""]));
  } };
  const state = emptyVisit({ startedAt: "2026-11-23T01:00:00Z" });
  let kicks = 0;
  const fresh = { write: async () => { throw new Error("no other document either"); }, reloads: 0 };
  const recorder = new Recorder({
    store, state, visit: { id: "V", tpl: "ONSITE 1.0" },
    onchange: () => {}, onwritten: () => { kicks += 1; },
    rescue: (action) => fresh.write(action), onrescued: () => { fresh.reloads += 1; },
    world: { ...clock, now: () => new Date(1_700_000_000_000) },
  });
  const say = (item, value) =>
    recorder.record({ ops: [{ kind: "answer.set", payload: { item, value, base: 0 } }] });
  return { clock, store, fresh, written, state, recorder, say, kicks: () => kicks };
}

const photo = {
  ops: [{ kind: "photo.add", payload: { photo: "p", item: "A", sha256: "x", taken_at: "" } }],
  blobs: [{ sha256: "x" }],
};

test("the first entry of a visit starts it, in the same action", async () => {
  const { state, written, say } = desk();
  state.startedAt = null;
  await say("A", "yes");
  await say("B", "no");
  assert.deepEqual(written.map(([kind]) => kind), ["visit.start", "answer.set", "answer.set"]);
});

test("an item says “on this tablet” only after the disk has it", async () => {
  const { state, say, kicks } = desk();
  const saved = say("A", "yes");
  assert.equal(state.marks().get("A"), "saving");
  await saved;
  assert.equal(state.marks().get("A"), "tablet");
  assert.equal(kicks(), 1);
});

test("while the disk fails nothing is forgotten, all waiting items say so, and the order is kept", async () => {
  const { clock, store, state, written, say, recorder } = desk();
  store.fails = new Error("UnknownError");
  say("A", "yes");
  say("B", "no");
  await settle();
  assert.deepEqual([state.marks().get("A"), state.marks().get("B")], ["unsaved", "unsaved"]);
  say("A", "no");
  await clock.pass(10_000);
  assert.equal(recorder.open, 3);
  store.fails = null;
  await clock.pass(2000);
  assert.deepEqual(written, [["answer.set", "yes"], ["answer.set", "no"], ["answer.set", "no"]]);
  assert.deepEqual([state.marks().get("A"), recorder.open], ["tablet", 0]);
});

test("a disk that does not answer counts as not saved until it does", async () => {
  const { clock, store, state, say } = desk();
  let finish;
  store.write = () => new Promise((resolve) => { finish = resolve; });
  say("A", "yes");
  await clock.pass(1499);
  assert.equal(state.marks().get("A"), "saving");
  await clock.pass(1);
  assert.equal(state.marks().get("A"), "unsaved");
  await clock.pass(2000);
  finish();
  await settle();
  assert.equal(state.marks().get("A"), "tablet");
});

test("when this document has lost the disk another one writes the same, and the page is to be loaded anew", async () => {
  const { store, fresh, state, say, kicks } = desk();
  const tried = [];
  store.write = async (action) => {
    tried.push(action);
    throw new DOMException("Connection to Indexed Database server lost", "UnknownError");
  };
  fresh.write = async (action) => { tried.push(action); };
  await say("A", "yes");
  assert.equal(tried[0], tried[1]);
  assert.deepEqual([state.marks().get("A"), fresh.reloads, kicks()], ["tablet", 1, 1]);
});

test("another document is asked when this one is silent, and whichever is first counts", async () => {
  const { clock, store, fresh, state, say } = desk();
  const finish = {};
  store.write = () => new Promise((resolve) => { finish.here = resolve; });
  fresh.write = () => new Promise((resolve) => { finish.there = resolve; });
  for (const [item, first] of [["A", "here"], ["B", "there"]]) {
    say(item, "yes");
    await clock.pass(1500);
    assert.equal(state.marks().get(item), "unsaved");
    finish[first]();
    await settle();
    assert.equal(state.marks().get(item), "tablet");
    finish.there();
    await settle();
    assert.equal(fresh.reloads, first === "there" ? 1 : 0);
  }
});

test("a full disk and a locked tablet are the same in every document", async () => {
  let asked = 0;
  for (const name of ["QuotaExceededError", "Locked"]) {
    const { store, fresh, state, say } = desk();
    fresh.write = async () => { asked += 1; };
    store.fails = Object.assign(new Error(name), { name });
    say("A", "yes");
    await settle();
    assert.equal(state.marks().get("A"), "unsaved");
  }
  assert.equal(asked, 0);
});

test("a photo that finds no room is given back, and the answers behind it go on", async () => {
  const { store, state, written, recorder, say } = desk();
  const { write } = store;
  store.write = async (action) => {
    if (action.blobs.length) throw new DOMException("full", "QuotaExceededError");
    return write(action);
  };
  const refused = recorder.record(photo);
  const saved = say("B", "yes");
  await assert.rejects(refused, { name: "QuotaExceededError" });
  await saved;
  assert.deepEqual(written, [["answer.set", "yes"]]);
  assert.deepEqual(state.photosOf({}), []);
});

test("on a full disk what the server has makes room for what it has not", async () => {
  const { store, written, recorder, say } = desk();
  store.fails = new DOMException("full", "QuotaExceededError");
  store.makeRoom = async () => {
    store.fails = null;
    return true;
  };
  await say("A", "yes");
  await recorder.record(photo);
  assert.deepEqual([written.length, recorder.isFull], [2, false]);
});

test("as long as there is no room the page can say so", async () => {
  const { clock, store, recorder, say } = desk();
  store.fails = new DOMException("full", "QuotaExceededError");
  say("A", "yes");
  await settle();
  assert.deepEqual([recorder.isFull, recorder.open], [true, 1]);
  store.fails = null;
  await clock.pass(2000);
  assert.deepEqual([recorder.isFull, recorder.open], [false, 0]);
});

test("settled waits for all that was recorded", async () => {
  const { written, recorder, say } = desk();
  say("A", "yes");
  say("B", "yes");
  await recorder.settled();
  assert.equal(written.length, 2);
});

test("an operation carries when and by which checklist it was made", () => {
  const { recorder } = desk();
  const { op_id, ...rest } = recorder.operation("visit.submit", {});
  assert.match(op_id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  assert.deepEqual(rest, {
    v: 1, kind: "visit.submit", visit: "V", payload: {}, at: "2023-11-14T22:13:20.000Z",
    tz: new Date(1_700_000_000_000).getTimezoneOffset(), tpl: "ONSITE 1.0",
  });
});
