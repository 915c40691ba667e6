// A visit as this page knows it, and which of its operations are still on their way. No DOM, no
// database.

import { apply, BLANK, supersedes, toRows } from "./effects.js";

/** How far an operation has come: being written, not written, on this tablet. Received: forgotten. */
export const SAVING = "saving";
export const UNSAVED = "unsaved";
export const TABLET = "tablet";
export const RECEIVED = "received";

export class VisitState {
  /** @param {object} rows what the store loaded: answers, photos, practices, ops, rejected, startedAt */
  constructor({ ops, rejected, ...kept }) {
    Object.assign(this, toRows(kept)); // answers, photos, practices, signature and startedAt
    /** @type {Map<string, {op: object, mark: string}>} by op_id */
    this.pending = new Map();
    /** @type {object[]} operations that the server refused, with its reason; they stay here */
    this.rejected = rejected.filter((op) => !op.superseded && op.kind !== "visit.submit");
    /** Grows with every change of an answer's value: a score holds as long as it stands still. */
    this.turn = 0;
    for (const op of ops) this.record(op, TABLET);
  }

  /** Do what an operation says, and remember that it is on its way. */
  record(op, mark) {
    this.pending.set(op.op_id, { op, mark, before: this.signature });
    apply(this, op);
    if (op.kind === "answer.set") this.turn += 1;
  }

  /** The operation has come one step further, or failed to. */
  mark(opId, mark) {
    const entry = this.pending.get(opId);
    if (entry) entry.mark = mark;
  }

  /** The server named the operation: it has left the outbox. @param {object} op @param {object} result */
  settle(op, result) {
    this.pending.delete(op.op_id);
    if (op.kind === "visit.submit") return;
    this.rejected = this.rejected.filter((refused) => !supersedes(op, refused));
    if (result.status === "rejected") this.rejected.push({ ...op, reason: result.reason });
    const answer = this.answers.get(op.payload.item);
    if (answer && result.rev > answer.rev) answer.rev = result.rev;
    if (answer && result.status === "conflict") this.#dispute(answer, op, result.other);
  }

  /** Somebody else recorded another thing in the same place; the page asks which one stands. */
  #dispute(answer, { kind, payload }, other) {
    const field = { "answer.set": "value", "correction.set": "corrected" }[kind] ?? payload.field;
    const known = answer.conflicts?.[field] ?? [];
    answer.conflicts = { ...answer.conflicts, [field]: [...known, other] };
  }

  /** An operation of a photo that found no room on the disk leaves no trace. */
  forget(op) {
    if (op.kind === "visit.sign") this.signature = this.pending.get(op.op_id).before;
    this.pending.delete(op.op_id);
    if (op.kind === "photo.add") this.photos.delete(op.payload.photo);
    if (op.kind === "photo.remove") this.photos.get(op.payload.photo).removed = false;
    if (op.kind === "practice.set") this.practices.delete(op.payload.practice);
    if (op.kind === "visit.start") this.startedAt = null;
  }

  /** What became of a photo's bytes. @param {string} sha256 @param {object} patch */
  photoNews(sha256, patch) {
    for (const photo of this.photos.values()) {
      if (photo.sha256 === sha256) Object.assign(photo, patch);
    }
  }

  /** All answers given, as the score needs them. @returns {Record<string, string>} */
  values() {
    const given = [...this.answers].filter(([, answer]) => answer.value !== null);
    return Object.fromEntries(given.map(([code, answer]) => [code, answer.value]));
  }

  /** @param {string} code */
  answer(code) {
    return this.answers.get(code) ?? BLANK;
  }

  /** The photos that were not removed, oldest first. @param {object} of fields that must match */
  photosOf(of) {
    return [...this.photos.values()]
      .filter((photo) => !photo.removed && Object.keys(of).every((key) => photo[key] === of[key]))
      .sort((a, b) => (a.taken_at < b.taken_at ? -1 : a.taken_at > b.taken_at ? 1 : 0));
  }

  /**
   * How safe each item and each good practice is, photos included: the worst of what belongs to it.
   * @returns {Map<string, string>} by item code or practice id
   */
  marks() {
    const marks = new Map();
    const add = (key, mark) => key && marks.set(key, worse(marks.get(key) ?? "", mark));
    for (const code of this.answers.keys()) add(code, RECEIVED);
    for (const id of this.practices.keys()) add(id, RECEIVED);
    for (const photo of this.photos.values()) {
      if (!photo.removed) add(photo.item ?? photo.practice, photo.received ? RECEIVED : TABLET);
    }
    for (const { op, mark } of this.pending.values()) add(this.subjectOf(op), mark);
    for (const op of this.rejected) add(this.subjectOf(op), TABLET);
    return marks;
  }

  /** The item or good practice that an operation is about. @returns {string | undefined} */
  subjectOf({ payload }) {
    const photo = this.photos.get(payload.photo);
    return payload.item ?? payload.practice ?? photo?.item ?? photo?.practice;
  }

  /** How safe a photo is: its entries and its bytes. @param {object} photo */
  markOf(photo) {
    const entries = [...this.pending.values()].filter(({ op }) => op.payload.photo === photo.id);
    return entries.map(({ mark }) => mark).reduce(worse, photo.received ? RECEIVED : TABLET);
  }
}

/** Everything that can be said of how safe something is, the worst first. */
const ORDER = [UNSAVED, SAVING, TABLET, RECEIVED, ""];
const worse = (a, b) => (ORDER.indexOf(a) < ORDER.indexOf(b) ? a : b);
