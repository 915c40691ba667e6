// The sender's side of the store: what is next to be sent, and what the server's answers change.
// An operation leaves this tablet only here, and only because the server named it. No DOM.

import { supersedes } from "./effects.js";
import { append, forget, forgetDone, from, TABLES } from "./tables.js";
import { uuid7 } from "./uuid7.js";

export class Outbox {
  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.store = store;
  }

  /** The batch before, opened: without a network each new entry brings the same one again. */
  #before = new Map();

  get person() {
    return this.store.person;
  }

  /**
   * The next operations in their order, each with its `number` in the stream. A submission goes at
   * the head of a batch, because the server rolls a whole batch back when one comes before its photos.
   * @param {number} limit
   */
  async batch(limit) {
    const tx = await this.store.read(["log", "meta"]);
    const [stream, rows] = await Promise.all([
      tx.objectStore("meta").get("stream"),
      tx.objectStore("log").index("unsent").getAll(null, limit),
    ]);
    const submission = rows.findIndex((row, n) => n > 0 && row.kind === "visit.submit");
    const next = submission < 0 ? rows : rows.slice(0, submission);
    const ops = await Promise.all(next.map((row) => this.#before.get(row.op_id) ?? this.store.opened(row)));
    this.#before = new Map(ops.map((op) => [op.op_id, op]));
    const number = ({ seq }) => seq - (stream.before ?? 0);
    return ops.map((op) => ({ ...op, stream: stream.id, number: number(op) }));
  }

  /**
   * Go on in a new stream with all that waits: the server cannot take the old one any further.
   * @param {string} old the stream that it is about; another tab may have been faster
   * @param {{first: number, last: number} | null} missing what nobody has any more, to be told
   */
  async beginStream(old, missing) {
    const key = `gap:${old}`;
    const note = missing && (await this.store.seal({ ...missing, at: Date.now() }, key));
    await this.store.change(["log", "meta"], async (tx) => {
      const meta = tx.objectStore("meta");
      const stream = await meta.get("stream");
      const next = await tx.objectStore("log").index("unsent").get(IDBKeyRange.lowerBound(0));
      if (stream.id !== old || !next) return;
      const former = [...(stream.former ?? []), old];
      await meta.put({ ...stream, id: uuid7(), before: next.seq - 1, former }, "stream");
      if (note) await meta.put(note, key);
    });
    this.#tell({ type: "stream" });
  }

  /** Take in the server's results, one for each operation that leaves. @param {object[]} results */
  async settle(results) {
    const known = await this.#known(results);
    const superseded = await this.#superseded(known);
    const news = await this.store.change(TABLES, async (tx) => {
      const log = tx.objectStore("log");
      const settled = [];
      for (const { op, result, reason } of known) {
        const row = await log.get(op.seq);
        if (row?.op_id !== op.op_id || !row.unsent) continue; // another tab has heard so too
        if (reason) await refuse(tx, row, reason);
        else await accept(tx, row, result);
        settled.push({ op, result });
      }
      for (const id of superseded) {
        const refused = await tx.objectStore("refused").get(id);
        if (refused) await tx.objectStore("refused").put({ ...refused, superseded: true });
      }
      await forgetDone(tx);
      return settled;
    });
    this.#tell({ type: "settled", settled: news });
  }

  /**
   * Set one operation aside that the server will not even read. Its number is taken by a harmless
   * one, because the others cannot follow a gap.
   */
  async setAside(op, reason) {
    const { store } = this;
    const sealed = await store.seal(reason, `reason:${op.op_id}`);
    const filler = await store.row({ ...op, op_id: crypto.randomUUID(), kind: "visit.start", payload: {} });
    const done = await store.change(["log", "refused"], async (tx) => {
      const row = await tx.objectStore("log").get(op.seq);
      if (row?.op_id !== op.op_id || !row.unsent) return false;
      await refuse(tx, row, sealed);
      await tx.objectStore("log").put({ ...filler, seq: op.seq, unsent: 1 });
      return true;
    });
    const result = { op_id: op.op_id, status: "rejected", reason };
    if (done) this.#tell({ type: "settled", settled: [{ op, result }] });
  }

  /** The names of the photos to be sent, oldest first, without removed ones. @returns {Promise<string[]>} */
  async waiting() {
    return (await this.store.read(["pictures"])).objectStore("pictures").index("waiting").getAllKeys();
  }

  /** The bytes of a photo, or undefined when this tablet has lost them, or damaged ones. */
  async bytes(sha256) {
    const picture = await this.store.picture(sha256).catch((error) => {
      if (error?.name !== "OperationError") throw error; // it cannot be unsealed, now or later
    });
    return picture?.bytes;
  }

  /** A photo's bytes are with the server. */
  async arrived(sha256) {
    await this.#picture(sha256, { received: true });
    this.#tell({ type: "photo", sha256, patch: { received: true, trouble: null } });
  }

  /** A photo's bytes will never be taken, or are not here any more: the page says so. */
  async troubled(sha256, trouble) {
    const sealed = await this.store.seal(trouble, `trouble:${sha256}`);
    await this.#picture(sha256, { received: false, trouble: sealed });
    this.#tell({ type: "photo", sha256, patch: { received: false, trouble } });
  }

  /**
   * The server misses photos: send again those whose bytes are here.
   * @param {string[]} names
   * @returns {Promise<string[]>} those that this tablet cannot send: lost, or refused before
   */
  async sendAgain(names) {
    return this.store.change(["bytes", "pictures"], async (tx) => {
      const pictures = tx.objectStore("pictures");
      const lost = [];
      for (const name of names) {
        const picture = await pictures.get(name);
        const isHere = await tx.objectStore("bytes").getKey(name);
        if (!picture?.uses.length || picture.trouble || !isHere) lost.push(name);
        else if (!picture.waiting) await pictures.put({ ...picture, waiting: Date.now() });
      }
      return lost;
    });
  }

  /** Whether a person has stopped the sending; it holds for all tabs and outlives them. */
  async isPaused() {
    return Boolean(await (await this.store.read(["meta"])).objectStore("meta").get("paused"));
  }

  /** Stop the sending after what is on its way, or let it go on. @param {boolean} isPaused */
  async pause(isPaused) {
    await this.store.change(["meta"], async (tx) => {
      const meta = tx.objectStore("meta");
      await (isPaused ? meta.put(true, "paused") : meta.delete("paused"));
    });
    this.#tell({ type: "paused", isPaused });
  }

  /**
   * Put the submissions that inspectors have asked for into the stream, as soon as all else of the
   * visit, photos included, is with the server. @returns {Promise<boolean>} whether there was one
   */
  async promoteSubmissions() {
    const tx = await this.store.read(["meta"]);
    const keys = await tx.objectStore("meta").getAllKeys(from("submit:"));
    let promoted = false;
    for (const key of keys) promoted = (await this.#promote(key)) || promoted;
    return promoted;
  }

  async #promote(key) {
    const { store } = this;
    const visit = key.slice("submit:".length);
    const { photos, submitting: op } = await store.kept(visit);
    if (!op || photos.some((photo) => !photo.removed && !photo.received)) return false;
    const row = await store.row(op);
    const promoted = await store.change(["log", "meta"], async (tx) => {
      const rows = await tx.objectStore("log").index("visit").getAll(visit);
      if (rows.some(({ unsent }) => unsent) || !(await tx.objectStore("meta").get(key))) return false;
      append(tx, [row], await tx.objectStore("meta").get("stream"));
      await tx.objectStore("meta").delete(key);
      return true;
    });
    if (promoted) this.#tell({ type: "written", ops: [op], meta: {} });
    return promoted;
  }

  /** The operations that the server has named and that still wait here, opened. */
  async #known(results) {
    const tx = await this.store.read(["log"]);
    const byId = tx.objectStore("log").index("op_id");
    const rows = await Promise.all(results.map(({ op_id }) => byId.get(op_id)));
    const known = results.map((result, n) => ({ result, row: rows[n] })).filter(({ row }) => row?.unsent);
    return Promise.all(known.map(async ({ result, row }) => ({
      op: this.#before.get(row.op_id) ?? (await this.store.opened(row)),
      result,
      reason: result.status === "rejected" && (await this.store.seal(result.reason, `reason:${row.op_id}`)),
    })));
  }

  /** Refused operations of which the server has now taken a later word. @returns {Promise<string[]>} */
  async #superseded(known) {
    const visits = [...new Set(known.map(({ op }) => op.visit))];
    const before = (await Promise.all(visits.map((visit) => this.store.refused(visit)))).flat();
    const now = known.filter(({ reason }) => reason).map(({ op }) => op);
    const accepted = known.filter(({ reason }) => !reason).map(({ op }) => op);
    const isOver = (earlier) =>
      accepted.some((later) => later.seq > earlier.seq && supersedes(later, earlier));
    return [...before, ...now].filter(isOver).map(({ op_id }) => op_id);
  }

  /** Nothing more is to be done for a picture, as far as is known. */
  async #picture(sha256, patch) {
    await this.store.change(["pictures"], async (tx) => {
      const picture = await tx.objectStore("pictures").get(sha256);
      if (!picture) return;
      const { waiting: _done, trouble: _before, ...rest } = picture;
      await tx.objectStore("pictures").put({ ...rest, ...patch });
    });
  }

  #tell(news) {
    this.store.tell(news);
    this.store.onnews(news);
  }
}

async function accept(tx, { unsent: _sent, ...row }, { rev }) {
  await tx.objectStore("log").put({ ...row, rev });
  if (row.kind === "visit.submit") await forget(tx, row.visit);
}

async function refuse(tx, { unsent: _sent, ...row }, reason) {
  await tx.objectStore("log").delete(row.seq);
  await tx.objectStore("refused").put({ ...row, reason, refused_at: Date.now() });
}
