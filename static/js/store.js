// What one person recorded on this tablet, in IndexedDB: first here, then on its way to the server.
// One user action is one transaction that the disk has confirmed ("strict"), or nothing at all.
// Each person has a database of their own, so that nobody sees or sends another's entries. No DOM.

import { openDB } from "idb";

import { adopt, apply, createTables, ROWS, TABLES } from "./tables.js";
import { uuid7 } from "./uuid7.js";

const STRICT = { durability: "strict" };
const DONE_FOR_MS = 30 * 24 * 3600_000;

export class Store {
  /** @param {string} person whose entries these are */
  constructor(person) {
    this.person = person;
    this.#channel = new BroadcastChannel(`inspector-${person}`);
    this.#channel.onmessage = ({ data }) => this.onnews(data);
  }

  #channel;
  #opening = null;

  /** Told what another tab wrote, or what the server said to it; the page sets this. */
  onnews = (_news) => {};

  /** Open the database now, to learn whether there is one. */
  async open() {
    await this.#database();
    return this;
  }

  /**
   * Everything kept of a visit, without the photos' bytes, after taking in the server's snapshot.
   * @param {object} snapshot
   */
  async load(snapshot) {
    const visit = snapshot.visit.id;
    await this.change(ROWS, (tx) => adopt(tx, snapshot));
    const tx = await this.read(TABLES);
    const rows = (table) => tx.objectStore(table).index("visit").getAll(visit);
    const meta = tx.objectStore("meta");
    const timers = IDBKeyRange.bound(`timer:${visit}:`, `timer:${visit}:\uffff`);
    const [ops, answers, photos, practices, rejected, started, submitting, watches] =
      await Promise.all([
        rows("ops"), rows("answers"), rows("photos"), rows("practices"), rows("rejected"),
        tx.objectStore("visits").get(visit), meta.get(`submit:${visit}`), meta.getAll(timers),
      ]);
    const startedAt = snapshot.visit.started_at ?? started?.started_at ?? null;
    const running = Object.fromEntries(watches.map((watch) => [watch.item, watch]));
    return { ops, answers, photos, practices, rejected, startedAt, submitting, timers: running };
  }

  /**
   * Write one user action: operations, the rows that they change, the bytes of photos, and notes such
   * as a running stopwatch (null takes a note away); all or nothing. Resolves when the disk has them.
   * The same action again is harmless: its first operation is remembered.
   * @param {{ops?: object[], blobs?: object[], meta?: Record<string, object | null>}} action
   */
  async write({ ops = [], blobs = [], meta = {} }) {
    await this.change(TABLES, async (tx) => {
      const notes = tx.objectStore("meta");
      if (ops.length && (await notes.get(`done:${ops[0].op_id}`))) return;
      // Async, every one: a request that throws at once must not leave the others unobserved.
      await Promise.all([
        append(tx, ops),
        ...blobs.map(async (blob) => tx.objectStore("blobs").put({ ...blob, waiting: Date.now() })),
        ...Object.entries(meta).map(async ([key, value]) =>
          value === null ? notes.delete(key) : notes.put(value, key)),
      ]);
    });
    this.tell({ type: "written", ops, meta });
  }

  /** The bytes and the thumbnail of a photo kept here. @param {string} sha256 */
  async picture(sha256) {
    return (await this.#database()).get("blobs", sha256);
  }

  /** Tell the other tabs of this person. */
  tell(news) {
    this.#channel.postMessage(news);
  }

  /** A transaction for reading. @param {string[]} tables */
  async read(tables) {
    return (await this.#database()).transaction(tables);
  }

  /**
   * A transaction for writing; resolves when it is complete and on the disk, rejects when nothing of
   * it was kept. @template T
   * @param {string[]} tables @param {(tx: object) => Promise<T>} work @returns {Promise<T>}
   */
  async change(tables, work) {
    const tx = (await this.#database()).transaction(tables, "readwrite", STRICT);
    tx.done.catch(() => {}); // it is awaited below, but `work` may fail first
    let result;
    try {
      result = await work(tx);
    } catch (error) {
      abort(tx);
      // A full disk is known to the transaction only; that it was ended from here says nothing.
      await tx.done.catch((reason) => { throw reason?.name === "AbortError" ? error : reason; });
    }
    await tx.done;
    return result;
  }

  /** The connection; opened anew when it was lost. */
  #database() {
    this.#opening ??= this.#open().catch((error) => {
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }

  async #open() {
    const lost = () => { this.#opening = null; };
    const db = await openDB(`inspector-${this.person}`, 1, {
      upgrade: createTables,
      blocking: (_now, _next, event) => { event.target.close(); lost(); },
      terminated: lost,
    });
    const tx = db.transaction("meta", "readwrite", STRICT);
    const stream = await tx.store.get("stream");
    if (!stream) await tx.store.put({ id: uuid7(), next: 1, person: this.person }, "stream");
    await tx.store.delete(IDBKeyRange.bound("done:", `done:${uuid7(Date.now() - DONE_FOR_MS)}`));
    await tx.done;
    return db;
  }
}

/** Put operations at the end of the stream: their numbers are given here, so there are no gaps. */
export async function append(tx, ops) {
  if (!ops.length) return;
  const meta = tx.objectStore("meta");
  const stream = await meta.get("stream");
  await meta.put({ ...stream, next: stream.next + ops.length }, "stream");
  const numbered = ops.map((op, n) => ({ ...op, stream: stream.id, seq: stream.next + n }));
  await Promise.all([
    apply(tx, ops),
    ...numbered.map(async (op) => tx.objectStore("ops").add(op)),
    ...ops.map(async (op) => meta.put(true, `done:${op.op_id}`)),
  ]);
}

function abort(tx) {
  try {
    tx.abort();
  } catch {
    // it has aborted itself already
  }
}
