// What is sent and in which order: operations first, then the photos, then a submission that waited
// for both. Throws Stopped at the first thing that keeps it from going on. No DOM.

import { verdictOnOps, verdictOnPhoto } from "./verdicts.js";

const BATCH = 100;
const LANES = 2;
const OPS_TIMEOUT_MS = 30_000;
const ASK_TIMEOUT_MS = 10_000;
const PHOTO_TIMEOUT_MS = 120_000;

/** Ends a delivery; `verdict` says why. */
export class Stopped extends Error {
  /** @param {import("./verdicts.js").Verdict | {act: "stuck" | "paused"}} verdict */
  constructor(verdict) {
    super(verdict.act);
    this.verdict = verdict;
  }
}

export class Delivery {
  /**
   * @param {import("./outbox.js").Outbox} outbox
   * @param {{fetch: typeof fetch, now: () => number, timeout: (ms: number) => AbortSignal}} world
   * @param {{busy: () => void, taken: () => void}} told what the sender wants to hear of
   */
  constructor(outbox, world, told) {
    this.#outbox = outbox;
    this.#world = world;
    this.#told = told;
  }

  #outbox;
  #world;
  #told;
  #sending = null;

  /** All there is, until nothing is left. */
  async all() {
    do {
      await this.ops();
      await this.#photos();
    } while (await this.#outbox.promoteSubmissions());
  }

  /** The operations. One batch is on its way at a time: who calls meanwhile shares its fate. */
  ops() {
    this.#sending ??= this.#ops().finally(() => { this.#sending = null; });
    return this.#sending;
  }

  async #ops() {
    let limit = BATCH;
    let photosSent = false;
    let gaps = 0;
    for (let ops; (ops = await this.#outbox.batch(limit)).length > 0;) {
      const body = JSON.stringify({ stream: ops[0].stream, ops: ops.map(onTheWire), sent_at: this.#now() });
      const headers = { "Content-Type": "application/json" };
      const reply = await this.#request("/api/ops", { method: "POST", headers, body }, OPS_TIMEOUT_MS);
      const verdict = verdictOnOps(reply);
      if (verdict.act === "taken") await this.#taken(reply.json);
      else if (verdict.act === "photos" && !photosSent) {
        photosSent = true;
        await this.#photosFirst(verdict);
      }
      else if (verdict.act === "gap" && gaps < 2) await this.#afterGap(ops[0], (gaps += 1));
      else if (verdict.act !== "refused") throw new Stopped(verdict);
      else if (ops.length > 1) limit = Math.ceil(ops.length / 2); // narrow down which one it is
      else {
        await this.#setAside(ops[0], verdict);
        limit = BATCH;
      }
    }
  }

  /** This tablet's clock: the server measures how far it is off. */
  #now() {
    return new Date(this.#world.now()).toISOString();
  }

  async #taken({ results, missing = [] }) {
    await this.#outbox.settle(results);
    await this.#outbox.sendAgain(missing);
    this.#told.taken();
  }

  async #photosFirst(verdict) {
    const lost = await this.#outbox.sendAgain(verdict.missing);
    if (lost.length) throw new Stopped({ ...verdict, act: "stuck" });
    await this.#photos();
  }

  /**
   * The server expects another number: send from there, if it is here. Numbers that nobody has any
   * more, or that stand for something else there, do not hold up what comes after them: the office
   * is told, and all that waits goes on in a stream of its own.
   */
  async #afterGap({ stream, number }, time) {
    const url = `/api/streams/${stream}`;
    const reply = await this.#request(url, {}, ASK_TIMEOUT_MS);
    const last = reply.json?.last_seq;
    if (reply.status !== 200 || !Number.isInteger(last)) throw new Stopped(verdictOnOps(reply));
    const missing = number > last + 1 ? { first: last + 1, last: number - 1 } : null;
    if (missing) await this.#tellOffice(`${url}/gaps`, missing);
    if (missing || time > 1) await this.#outbox.beginStream(stream, missing);
  }

  async #tellOffice(url, missing) {
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify(missing);
    const reply = await this.#request(url, { method: "POST", headers, body }, ASK_TIMEOUT_MS);
    if (reply.status !== 200 || reply.json?.first !== missing.first) throw new Stopped(verdictOnOps(reply));
  }

  async #setAside(op, verdict) {
    // The filler that stands in for one set aside: if it is refused too, setting aside is no help.
    if (op.kind === "visit.start") throw new Stopped({ ...verdict, act: "stuck" });
    await this.#outbox.setAside(op, { code: verdict.code, sentence: verdict.sentence });
  }

  async #photos() {
    const names = await this.#outbox.waiting();
    const lane = async () => {
      for (let name; (name = names.shift());) await this.#photo(name);
    };
    const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane));
    const failed = lanes.find(({ status }) => status === "rejected");
    if (failed) throw failed.reason;
  }

  async #photo(sha256) {
    const body = await this.#outbox.bytes(sha256);
    if (!body) return this.#outbox.troubled(sha256, { code: "photo.lost" });
    const headers = { "Content-Type": "application/octet-stream" };
    const url = `/api/blobs/${sha256}`;
    const reply = await this.#request(url, { method: "PUT", headers, body }, PHOTO_TIMEOUT_MS);
    const verdict = verdictOnPhoto(reply, sha256);
    if (verdict.act === "refused") {
      const { code, sentence } = verdict;
      return this.#outbox.troubled(sha256, { code, sentence });
    }
    if (verdict.act !== "taken") throw new Stopped(verdict);
    await this.#outbox.arrived(sha256);
    this.#told.taken();
  }

  async #request(url, options, timeout) {
    if (await this.#outbox.isPaused()) throw new Stopped({ act: "paused" });
    this.#told.busy();
    try {
      const response = await this.#world.fetch(url, {
        ...options,
        headers: { ...options.headers, "X-Inspector": "1" },
        credentials: "same-origin",
        cache: "no-store",
        redirect: "error", // a way to a sign-in page is not an answer
        signal: this.#world.timeout(timeout),
      });
      const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
      return { status: response.status, json: isJson ? await response.json() : undefined };
    } catch {
      return { status: 0 };
    }
  }
}

/** What the server knows by name; the store keeps more beside it. */
export const onTheWire = ({ op_id, stream, seq, number = seq, v, kind, visit, payload, at, tz, tpl }) =>
  ({ op_id, stream, seq: number, v, kind, visit, payload, at, tz, tpl });
