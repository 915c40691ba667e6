// The sender against an outbox in memory, a server that answers as told, and a clock that stands still.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Sender } from "../../static/js/sender.js";
import { answer, Clock, op, settle } from "./fakes.js";

/** The outbox's promises, kept in arrays. */
class MemoryOutbox {
  person = "P";
  ops = [];
  blobs = new Map();
  arrivedPhotos = [];
  results = [];
  aside = [];
  troubles = [];
  wish = null;
  #seq = 0;

  add(...ops) {
    for (const one of ops) this.ops.push({ ...one, stream: "S", seq: (this.#seq += 1) });
  }

  stream = "S";
  before = 0;
  missing = [];

  async beginStream(old, missing) {
    assert.equal(old, this.stream);
    this.stream = "S2";
    this.before = this.ops[0].seq - 1;
    this.missing.push(missing);
  }

  async batch(limit) {
    const next = this.#next(limit);
    return next.map((one) => ({ ...one, stream: this.stream, number: one.seq - this.before }));
  }

  #next(limit) {
    const submission = this.ops.findIndex(({ kind }, n) => n > 0 && kind === "visit.submit");
    return this.ops.slice(0, submission < 0 ? limit : Math.min(limit, submission));
  }

  async settle(results) {
    this.results.push(...results);
    const named = new Set(results.map(({ op_id }) => op_id));
    this.ops = this.ops.filter(({ op_id }) => !named.has(op_id));
  }

  async setAside(one, reason) {
    this.aside.push({ ...one, reason });
    const filler = { ...one, op_id: `${one.op_id}-filler`, kind: "visit.start", payload: {} };
    this.ops = this.ops.map((other) => (other.op_id === one.op_id ? filler : other));
  }

  waiting = async () => [...this.blobs].filter(([, { sent }]) => !sent).map(([name]) => name);
  isPaused = async () => Boolean(this.paused);
  pause = async (isPaused) => { this.paused = isPaused; };
  bytes = async (name) => this.blobs.get(name)?.bytes;

  async arrived(name) {
    this.blobs.get(name).sent = true;
    this.arrivedPhotos.push(name);
  }

  async troubled(name, trouble) {
    this.blobs.get(name).sent = true;
    this.troubles.push([name, trouble.code]);
  }

  async sendAgain(names) {
    const here = names.filter((name) => this.blobs.get(name)?.bytes);
    for (const name of here) this.blobs.get(name).sent = false;
    return names.filter((name) => !here.includes(name));
  }

  async promoteSubmissions() {
    if (!this.wish || this.ops.length || (await this.waiting()).length) return false;
    this.add(this.wish);
    this.wish = null;
    return true;
  }
}

const ok = (results, more = {}) => ({ status: 200, json: { results, last_seq: 0, missing: [], ...more } });
const applied = ({ op_id }) => ({ op_id, status: "applied", rev: 1 });
const refusal = (status, code, more = {}) => ({ status, json: { error: { code, sentence: "…", ...more } } });

function tablet({ locks } = {}) {
  const clock = new Clock();
  const outbox = new MemoryOutbox();
  const heard = [];
  const server = {
    ops: (batch) => ok(batch.ops.map(applied)),
    photo: (name) => ({ status: 200, json: { sha256: name } }),
    streams: () => ({ status: 503 }),
  };
  const world = {
    fetch: async (url, { method, body, redirect, headers: sent }) => {
      assert.equal(redirect, "error");
      assert.equal(sent["X-Inspector"], "1");
      const isOps = url === "/api/ops";
      const batch = isOps ? JSON.parse(body) : null;
      heard.push(isOps ? batch.ops.map(({ seq }) => seq) : `${method} ${url.split("/").at(-1)}`);
      const other = url.startsWith("/api/streams/") ? server.streams : server.photo;
      const { status, json } = await (isOps ? server.ops(batch) : other(url.split("/").at(-1), body));
      if (!status) throw new TypeError("Failed to fetch");
      const headers = new Headers(json ? { "Content-Type": "application/json" } : {});
      return { status, headers, json: async () => json };
    },
    locks: locks ?? { request: (_name, _options, act) => act({}) },
    now: () => clock.time,
    random: () => 1,
    setTimeout: clock.setTimeout,
    clearTimeout: clock.clearTimeout,
    timeout: () => undefined,
  };
  const sender = new Sender(outbox, world);
  const kick = async () => {
    sender.kick();
    await settle();
    await settle();
  };
  return { clock, outbox, heard, server, sender, kick };
}

test("before it has looked, it says loading, never that all is sent", () => {
  assert.equal(tablet().sender.phase, "loading");
});

test("operations go in order, at most 100 at a time, then the photos", async () => {
  const { outbox, heard, kick, sender } = tablet();
  outbox.add(...Array.from({ length: 130 }, (_, n) => answer(`I-${n}`, "yes")));
  outbox.blobs.set("aa", { bytes: new ArrayBuffer(1) });
  await kick();
  const firstAndLast = heard.map((one) => (Array.isArray(one) ? [one[0], one.at(-1)] : one));
  assert.deepEqual(firstAndLast, [[1, 100], [101, 130], "PUT aa"]);
  assert.equal(outbox.ops.length, 0);
  assert.equal(sender.phase, "idle");
});

test("an operation leaves only when the server names it", async () => {
  const { outbox, server, kick, clock } = tablet();
  outbox.add(answer("A", "yes"), answer("B", "no"));
  let first = true;
  server.ops = ({ ops }) => {
    const named = first ? ops.slice(0, 1) : ops;
    first = false;
    return ok(named.map(applied));
  };
  await kick();
  await clock.pass(0);
  assert.deepEqual(outbox.results.map(({ op_id }) => op_id).length, 2);
  assert.equal(outbox.ops.length, 0);
});

for (const [name, reply] of [
  ["silence", { status: 0 }],
  ["a 500", refusal(500, "server.broken")],
  ["a captive portal's 200", { status: 200 }],
]) {
  test(`after ${name} everything stays, and the attempts grow apart`, async () => {
    const { outbox, server, kick, clock, heard, sender } = tablet();
    outbox.add(answer("A", "yes"));
    server.ops = () => reply;
    await kick();
    assert.equal(sender.phase, "waiting");
    assert.equal(outbox.ops.length, 1);
    const attempts = [];
    for (let n = 0; n < 4; n += 1) {
      attempts.push(clock.due[0] - clock.time);
      await clock.pass(clock.due[0] - clock.time);
    }
    assert.deepEqual(attempts, [500, 1000, 2000, 4000]);
    assert.equal(heard.length, 5);
    server.ops = (batch) => ok(batch.ops.map(applied));
    await kick();
    assert.equal(outbox.ops.length, 0);
    assert.equal(sender.phase, "idle");
  });
}

test("signed out: it stops, keeps everything, and goes on after a kick", async () => {
  const { outbox, server, kick, clock, heard, sender } = tablet();
  outbox.add(answer("A", "yes"));
  server.ops = () => refusal(401, "sign_in.needed");
  sender.start();
  await settle();
  assert.equal(sender.phase, "sign_in");
  await clock.pass(120_000);
  assert.equal(heard.length, 1);
  assert.equal(outbox.ops.length, 1);
  server.ops = (batch) => ok(batch.ops.map(applied));
  await kick();
  assert.equal(outbox.ops.length, 0);
});

test("another person's entries are held and never sent again by themselves", async () => {
  const { outbox, server, kick, clock, heard, sender } = tablet();
  outbox.add(answer("A", "yes"));
  server.ops = () => refusal(403, "ops.foreign");
  await kick();
  await clock.pass(600_000);
  assert.deepEqual([sender.phase, heard.length, outbox.ops.length], ["hold", 1, 1]);
});

test("who presses while an attempt is failing need not wait for the next one", async () => {
  const { outbox, server, sender, kick, clock } = tablet();
  outbox.add(answer("A", "yes"));
  server.ops = () => ({ status: 503 });
  await kick();
  for (let n = 0; n < 8; n += 1) await clock.pass(60_000); // by now it waits for a minute each time
  let fail;
  server.ops = () => new Promise((resolve) => { fail = () => resolve({ status: 503 }); });
  await clock.pass(60_000);
  await sender.resume();
  server.ops = (batch) => ok(batch.ops.map(applied));
  fail();
  await clock.pass(0);
  await settle();
  assert.deepEqual([outbox.ops.length, sender.phase], [0, "idle"]);
});

/** A server that counts, as far as it has come in each stream, and hears what is missing. */
function counting(server, lasts) {
  const told = [];
  server.ops = ({ stream, ops }) => {
    const last = lasts[stream] ?? 0;
    if (ops[0].seq !== last + 1) return refusal(409, "ops.gap", { expected: last + 1 });
    lasts[stream] = ops.at(-1).seq;
    return ok(ops.map(applied));
  };
  server.streams = (name, body) => {
    if (name !== "gaps") return { status: 200, json: { last_seq: lasts[name] ?? 0 } };
    told.push(JSON.parse(body));
    return { status: 200, json: JSON.parse(body) };
  };
  return told;
}

/** A tablet whose first entries have been sent, with two that wait. */
async function halfSent() {
  const made = tablet();
  made.outbox.add(...["A", "B", "C"].map((item) => answer(item, "yes")));
  await made.kick();
  made.outbox.add(answer("D", "yes"), answer("E", "no"));
  made.heard.length = 0;
  return made;
}

test("entries that nobody has any more are told of, and the others go on in a new stream", async () => {
  const { outbox, server, kick, heard, sender } = await halfSent();
  const told = counting(server, { S: 1 }); // a backup was put back: it has forgotten 2 and 3
  await kick();
  await settle();
  assert.deepEqual(heard, [[4, 5], "undefined S", "POST gaps", [1, 2]]);
  assert.deepEqual(told, [{ first: 2, last: 3 }]);
  assert.deepEqual(outbox.missing, [{ first: 2, last: 3 }]);
  assert.deepEqual([outbox.ops.length, sender.phase], [0, "idle"]);
});

test("when the number that is expected is here, it is sent again from there", async () => {
  const { outbox, server, kick } = await halfSent();
  counting(server, { S: 3 });
  const { ops } = server;
  server.ops = () => { server.ops = ops; return refusal(409, "ops.gap", { expected: 4 }); };
  await kick();
  await settle();
  assert.deepEqual([outbox.ops.length, outbox.missing], [0, []]);
});

test("numbers that stand for other entries are no hindrance, and nothing is missing", async () => {
  const { outbox, server, kick } = await halfSent();
  const told = counting(server, { S: 7 }); // this tablet is an old copy of itself
  await kick();
  await settle();
  assert.deepEqual([outbox.ops.length, outbox.missing, told], [0, [null], []]);
});

test("as long as nobody can be told, everything stays, in its stream", async () => {
  const { outbox, server, kick, sender } = await halfSent();
  counting(server, { S: 1 });
  const { streams } = server;
  server.streams = (name, body) => (name === "gaps" ? { status: 0 } : streams(name, body));
  await kick();
  await settle();
  assert.deepEqual([outbox.ops.length, outbox.missing, sender.phase], [2, [], "waiting"]);
});

test("a server that finds a gap in everything stops the sender, and nothing is lost", async () => {
  const { outbox, server, kick, sender } = await halfSent();
  counting(server, { S: 3 });
  server.ops = () => refusal(409, "ops.gap", { expected: 1 });
  await kick();
  await settle();
  assert.deepEqual([outbox.ops.length, sender.phase], [2, "stuck"]);
});

test("one operation that the server will not read is set aside, and the others go on", async () => {
  const { outbox, server, kick } = tablet();
  outbox.add(answer("A", "yes"), answer("B", "bad"), answer("C", "yes"));
  server.ops = ({ ops }) =>
    ops.some(({ payload }) => payload.value === "bad") ? refusal(422, "ops.malformed") : ok(ops.map(applied));
  await kick();
  await settle();
  assert.deepEqual(outbox.aside.map(({ payload }) => payload.item), ["B"]);
  assert.equal(outbox.ops.length, 0);
});

test("a filler that is refused as well stops the sender instead of turning in circles", async () => {
  const { outbox, server, kick, sender } = tablet();
  outbox.add(answer("A", "bad"));
  server.ops = () => refusal(422, "ops.malformed");
  await kick();
  await settle();
  assert.equal(sender.phase, "stuck");
});

test("at most two photos are on their way at a time", async () => {
  const { outbox, server, kick } = tablet();
  let open = 0;
  let most = 0;
  for (const name of ["a", "b", "c", "d", "e"]) outbox.blobs.set(name, { bytes: new ArrayBuffer(1) });
  server.photo = async (name) => {
    most = Math.max(most, (open += 1));
    await settle();
    open -= 1;
    return { status: 200, json: { sha256: name } };
  };
  await kick();
  for (let n = 0; n < 10; n += 1) await settle();
  assert.equal(most, 2);
  assert.deepEqual(outbox.arrivedPhotos, ["a", "b", "c", "d", "e"]);
});

test("a refused photo is said to be so, and the others go on", async () => {
  const { outbox, server, kick, sender } = tablet();
  for (const name of ["bad", "good"]) outbox.blobs.set(name, { bytes: new ArrayBuffer(1) });
  server.photo = (name) =>
    name === "bad" ? refusal(422, "photo.not_an_image") : { status: 200, json: { sha256: name } };
  await kick();
  await settle();
  assert.deepEqual(outbox.troubles, [["bad", "photo.not_an_image"]]);
  assert.deepEqual(outbox.arrivedPhotos, ["good"]);
  assert.equal(sender.phase, "idle");
});

test("a photo whose bytes are gone is said to be lost, never skipped in silence", async () => {
  const { outbox, kick } = tablet();
  outbox.blobs.set("gone", { bytes: undefined });
  await kick();
  assert.deepEqual(outbox.troubles, [["gone", "photo.lost"]]);
});

test("a submission is sent only after the photos have arrived", async () => {
  const { outbox, heard, kick, clock, server } = tablet();
  outbox.add(answer("A", "no"));
  outbox.blobs.set("p", { bytes: new ArrayBuffer(1) });
  outbox.wish = op("visit.submit");
  server.photo = () => ({ status: 0 });
  await kick();
  assert.deepEqual(heard, [[1], "PUT p"]);
  server.photo = (name) => ({ status: 200, json: { sha256: name } });
  await clock.pass(500);
  assert.deepEqual(heard, [[1], "PUT p", "PUT p", [2]]);
});

test("photos that the server misses are sent before the submission is tried again", async () => {
  const { outbox, heard, kick, server } = tablet();
  outbox.blobs.set("p", { bytes: new ArrayBuffer(1), sent: true });
  outbox.add(op("visit.submit"));
  let has = false;
  server.photo = (name) => ((has = true), { status: 200, json: { sha256: name } });
  server.ops = ({ ops }) => (has ? ok(ops.map(applied)) : refusal(424, "photos.missing", { missing: ["p"] }));
  await kick();
  await settle();
  assert.deepEqual(heard, [[1], "PUT p", [1]]);
});

test("photos that are not here stop the sender instead of being skipped", async () => {
  const { outbox, kick, server, sender } = tablet();
  outbox.add(op("visit.submit"));
  server.ops = () => refusal(424, "photos.missing", { missing: ["elsewhere"] });
  await kick();
  assert.deepEqual([sender.phase, outbox.ops.length], ["stuck", 1]);
});

test("a submission never shares a batch with what comes before it", async () => {
  const { outbox, heard, kick } = tablet();
  outbox.add(answer("A", "yes"), op("visit.submit"), answer("B", "yes"));
  await kick();
  assert.deepEqual(heard, [[1], [2, 3]]);
});

test("two tabs: only the one that holds the lock sends", async () => {
  let held = false;
  const locks = {
    request: async (_name, { ifAvailable }, act) => {
      assert.equal(ifAvailable, true);
      if (held) return act(null);
      held = true;
      try {
        return await act({});
      } finally {
        held = false;
      }
    },
  };
  const one = tablet({ locks });
  const two = tablet({ locks });
  two.outbox.ops = one.outbox.ops;
  one.outbox.add(answer("A", "yes"));
  one.server.ops = async (batch) => {
    await settle();
    return ok(batch.ops.map(applied));
  };
  one.sender.kick();
  two.sender.kick();
  for (let n = 0; n < 8; n += 1) await settle();
  assert.deepEqual([one.heard.length, two.heard.length], [1, 0]);
});

test("an answer given while photos are on their way does not wait for them", async () => {
  const { outbox, heard, sender, server, kick } = tablet();
  let finish;
  outbox.blobs.set("big", { bytes: new ArrayBuffer(1) });
  server.photo = (sha256) => new Promise((resolve) => {
    finish = () => resolve({ status: 200, json: { sha256 } });
  });
  await kick();
  outbox.add(answer("A", "yes"));
  sender.kick();
  await settle();
  assert.deepEqual(heard, ["PUT big", [1]]);
  finish();
  for (let n = 0; n < 5; n += 1) await settle();
  assert.equal(sender.phase, "idle");
});

test("it looks again every 15 seconds", async () => {
  const { outbox, heard, sender, clock } = tablet();
  sender.start();
  await settle();
  outbox.add(answer("A", "yes"));
  await clock.pass(14_999);
  assert.equal(heard.length, 0);
  await clock.pass(1);
  assert.equal(heard.length, 1);
});

test("a person can stop it, for all tabs and until a person lets it go on", async () => {
  const { outbox, heard, sender, kick, clock } = tablet();
  outbox.add(answer("A", "yes"));
  await sender.pause();
  assert.equal(sender.phase, "paused");
  await kick();
  await clock.pass(60_000);
  assert.deepEqual([sender.phase, heard.length], ["paused", 0]);
  await sender.resume();
  for (let n = 0; n < 5; n += 1) await settle();
  assert.deepEqual([sender.phase, heard.length], ["idle", 1]);
});

test("a stop comes after what is on its way, and before the next", async () => {
  const { outbox, heard, sender, server, kick } = tablet();
  for (const name of ["aa", "bb", "cc", "dd"]) outbox.blobs.set(name, { bytes: new ArrayBuffer(1) });
  server.photo = async (sha256) => {
    await outbox.pause(true);
    return { status: 200, json: { sha256 } };
  };
  await kick();
  assert.deepEqual([heard, outbox.arrivedPhotos], [["PUT aa", "PUT bb"], ["aa", "bb"]]);
  assert.equal(sender.phase, "paused");
});
