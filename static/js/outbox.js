// The sender's side of the store: what is next to be sent, and what the server's answers change.
// An operation leaves this tablet only here, and only because the server named it. No DOM.

import { supersedes } from "./effects.js";
import { append } from "./store.js";
import { forget, TABLES } from "./tables.js";

export class Outbox {
  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.store = store;
  }

  get person() {
    return this.store.person;
  }

  /**
   * The next operations in their order. A submission goes at the head of a batch, because the server
   * rolls a whole batch back when one comes before its photos.
   * @param {number} limit
   */
  async batch(limit) {
    const ops = await (await this.store.read(["ops"])).objectStore("ops").getAll(null, limit);
    const submission = ops.findIndex((op, n) => n > 0 && op.kind === "visit.submit");
    return submission < 0 ? ops : ops.slice(0, submission);
  }

  /** Take in the server's results, one for each operation that leaves. @param {object[]} results */
  async settle(results) {
    const news = await this.store.change(TABLES, async (tx) => {
      const settled = [];
      for (const result of results) {
        const op = await tx.objectStore("ops").index("op_id").get(result.op_id);
        if (!op) continue;
        await tx.objectStore("ops").delete(op.seq);
        await (result.status === "rejected" ? refuse(tx, op, result.reason) : accept(tx, op, result));
        settled.push({ op, result });
      }
      return settled;
    });
    this.#tell({ type: "settled", settled: news });
  }

  /**
   * Set one operation aside that the server will not even read. Its number is taken by a harmless
   * one, because the others cannot follow a gap.
   */
  async setAside(op, reason) {
    await this.store.change(["ops", "rejected"], async (tx) => {
      await tx.objectStore("rejected").put({ ...op, reason, refused_at: Date.now() });
      await tx.objectStore("ops").put({ ...op, op_id: crypto.randomUUID(), kind: "visit.start", payload: {} });
    });
    const result = { op_id: op.op_id, status: "rejected", reason };
    this.#tell({ type: "settled", settled: [{ op, result }] });
  }

  /** The names of the photos to be sent, oldest first, without removed ones. @returns {Promise<string[]>} */
  async waiting() {
    const tx = await this.store.read(["blobs", "photos"]);
    const names = await tx.objectStore("blobs").index("waiting").getAllKeys();
    const uses = await Promise.all(
      names.map((name) => tx.objectStore("photos").index("sha256").getAll(name)),
    );
    return names.filter((_, n) => uses[n].some((photo) => !photo.removed));
  }

  /** The bytes of a photo, or undefined when this tablet has lost them. */
  async bytes(sha256) {
    return (await this.store.picture(sha256))?.bytes;
  }

  /** A photo's bytes are with the server. */
  async arrived(sha256) {
    await this.#photos(sha256, { received: true, trouble: null });
  }

  /** A photo's bytes will never be taken, or are not here any more: the page says so. */
  async troubled(sha256, trouble) {
    await this.#photos(sha256, { received: false, trouble });
  }

  /**
   * The server misses photos: send again those whose bytes are here.
   * @param {string[]} names
   * @returns {Promise<string[]>} those that this tablet cannot send: lost, or refused before
   */
  async sendAgain(names) {
    return this.store.change(["blobs"], async (tx) => {
      const table = tx.objectStore("blobs");
      const lost = [];
      for (const name of names) {
        const blob = await table.get(name);
        if (blob?.bytes && !blob.refused) await table.put({ ...blob, waiting: blob.waiting ?? Date.now() });
        else lost.push(name);
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
    const promoted = await this.store.change(TABLES, async (tx) => {
      const meta = tx.objectStore("meta");
      const asked = await meta.getAll(IDBKeyRange.bound("submit:", "submit:\uffff"));
      const ready = [];
      for (const op of asked) {
        if (await tx.objectStore("ops").index("visit").count(op.visit)) continue;
        const photos = await tx.objectStore("photos").index("visit").getAll(op.visit);
        if (photos.some((photo) => !photo.removed && !photo.received)) continue;
        await append(tx, [op]);
        await meta.delete(`submit:${op.visit}`);
        ready.push(op);
      }
      return ready;
    });
    if (promoted.length) this.#tell({ type: "written", ops: promoted, meta: {} });
    return promoted.length > 0;
  }

  async #photos(sha256, patch) {
    await this.store.change(["blobs", "photos"], async (tx) => {
      const blob = await tx.objectStore("blobs").get(sha256);
      if (blob) {
        const { waiting: _sent, ...rest } = blob;
        await tx.objectStore("blobs").put({ ...rest, refused: Boolean(patch.trouble) });
      }
      const photos = await tx.objectStore("photos").index("sha256").getAll(sha256);
      for (const photo of photos) await tx.objectStore("photos").put({ ...photo, ...patch });
    });
    this.#tell({ type: "photo", sha256, patch });
  }

  #tell(news) {
    this.store.tell(news);
    this.store.onnews(news);
  }
}

async function accept(tx, op, result) {
  if (op.kind === "visit.submit") return forget(tx, op.visit);
  const rejected = tx.objectStore("rejected");
  for (const earlier of await rejected.index("visit").getAll(op.visit)) {
    if (supersedes(op, earlier)) await rejected.put({ ...earlier, superseded: true });
  }
  const key = op.payload.item && !op.payload.photo ? [op.visit, op.payload.item] : null;
  const answer = key && (await tx.objectStore("answers").get(key));
  if (answer && result.rev > answer.rev) {
    await tx.objectStore("answers").put({ ...answer, rev: result.rev });
  }
}

async function refuse(tx, op, reason) {
  const row = { ...op, reason, refused_at: Date.now() };
  await tx.objectStore("rejected").put(row);
}
