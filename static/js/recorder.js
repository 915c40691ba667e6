// From an action of the inspector to rows on the disk: one after the other, in the order given, each
// tried until it is written. What an item may say about itself ("on this tablet") is known here only
// after the store said so. When this document has lost the disk, another one writes (rescue.js). No DOM.

import { SAVING, TABLET, UNSAVED } from "./state.js";
import { uuid7 } from "./uuid7.js";

const RETRY_MS = 2000;
const SILENCE_MS = 1500;

/** Errors that another document would meet as well. */
const KNOWN = new Set(["QuotaExceededError", "Locked"]);

class Silence extends Error {}

/**
 * @typedef {object} Action
 * @property {{kind: string, payload: object}[]} [ops]
 * @property {object[]} [blobs] photos' bytes
 * @property {Record<string, object | null>} [meta] notes of the tablet, such as a running stopwatch
 */

export class Recorder {
  /**
   * @param {object} parts
   * @param {import("./store.js").Store} parts.store
   * @param {import("./state.js").VisitState} parts.state
   * @param {{id: string, tpl: string}} parts.visit
   * @param {() => void} parts.onchange the state has changed
   * @param {() => void} parts.onwritten something waits to be sent
   * @param {(action: Action) => Promise<void>} parts.rescue writes without this document's database
   * @param {() => void} parts.onrescued it had to: this document should be loaded anew
   * @param {{now: () => Date, setTimeout: Function, clearTimeout: Function}} parts.world
   */
  constructor({ store, state, visit, onchange, onwritten, rescue, onrescued, world = browser }) {
    Object.assign(this, { store, state, visit, onchange, onwritten, rescue, onrescued, world });
  }

  #queue = [];
  #working = false;

  /** Whether the last attempt found no room on the disk. */
  isFull = false;

  /** How many actions are not on the disk yet. */
  get open() {
    return this.#queue.length;
  }

  /**
   * Record one action; the first one of a visit starts it. Shown at once as being saved; resolves
   * when it is on the disk. With photos it rejects when there is no room, and then leaves no trace:
   * they must not hold up the answers behind them. All else is tried until it is written.
   * @param {Action} action
   * @returns {Promise<void>}
   */
  record({ ops = [], blobs = [], meta = {} }) {
    const starting = this.state.startedAt === null ? [{ kind: "visit.start", payload: {} }] : [];
    const made = [...starting, ...ops].map((op) => this.operation(op.kind, op.payload));
    for (const op of made) this.state.record(op, SAVING);
    this.onchange();
    return new Promise((resolve, reject) => {
      this.#queue.push({ ops: made, blobs, meta, resolve, reject });
      this.#work();
    });
  }

  /** Keep a note on this tablet that is no entry of the visit. */
  keep(meta) {
    return new Promise((resolve, reject) => {
      this.#queue.push({ ops: [], blobs: [], meta, resolve, reject });
      this.#work();
    });
  }

  /** Resolves when all that was recorded so far is on the disk. */
  async settled() {
    if (this.#queue.length) await this.keep({});
  }

  /** An operation as it will travel. */
  operation(kind, payload) {
    const now = this.world.now();
    return {
      op_id: uuid7(now.getTime()), v: 1, kind, visit: this.visit.id, payload,
      at: now.toISOString(), tz: now.getTimezoneOffset(), tpl: this.visit.tpl,
    };
  }

  async #work() {
    if (this.#working) return;
    this.#working = true;
    while (this.#queue.length) {
      const action = this.#queue[0];
      try {
        await this.#write(action);
      } catch (error) {
        this.isFull = error?.name === "QuotaExceededError";
        if (this.isFull && (await this.store.makeRoom().catch(() => false))) continue;
        if (!action.blobs.length) {
          for (const waiting of this.#queue) this.#mark(waiting, UNSAVED);
          await new Promise((again) => this.world.setTimeout(again, RETRY_MS));
          continue;
        }
        this.#forget(action);
        action.reject(error);
      }
      this.#queue.shift();
    }
    this.#working = false;
    this.onchange();
  }

  async #write(action) {
    const written = this.store.write(action);
    try {
      await this.#inTime(written);
    } catch (error) {
      if (KNOWN.has(error?.name)) throw error;
      this.#mark(action, UNSAVED);
      await this.#rescue(action, error instanceof Silence ? written : null);
    }
    this.isFull = false;
    this.#mark(action, TABLET);
    action.resolve();
    if (action.ops.length) this.onwritten();
  }

  /** What `written` becomes, unless it says nothing for too long. */
  async #inTime(written) {
    let silence;
    const tooLong = new Promise((_, reject) => {
      silence = this.world.setTimeout(() => reject(new Silence()), SILENCE_MS);
    });
    await Promise.race([written, tooLong]).finally(() => this.world.clearTimeout(silence));
  }

  /** Whichever is first: another document, or this one, which may only have been slow. */
  async #rescue(action, written) {
    let isAlive = false;
    written?.then(() => { isAlive = true; }, () => {});
    const rescued = this.rescue(action).then(() => isAlive || this.onrescued());
    await (written ? Promise.race([written, rescued]) : rescued);
  }

  #mark({ ops }, mark) {
    for (const op of ops) this.state.mark(op.op_id, mark);
    this.onchange();
  }

  /** A photo that found no room takes what came with it along: its start of the visit, its practice. */
  #forget({ ops }) {
    for (const op of ops) this.state.forget(op);
    this.onchange();
  }
}

const browser = {
  now: () => new Date(),
  setTimeout: (...args) => setTimeout(...args),
  clearTimeout: (timer) => clearTimeout(timer),
};
