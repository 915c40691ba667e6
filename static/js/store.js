// What one person recorded on this tablet: first here, then on its way to the server. Everything that
// was recorded is sealed with the person's key before it comes to the disk, and nobody without the key
// can read it; only counting is possible (unsent.js). One action of the person is one transaction that
// the disk has confirmed, or nothing at all. No DOM.
//
// A visit is its base, and on top of it the log: what the server has not answered yet, or has answered
// since the base was made. Loading a visit folds what was answered into the base.

import { carryOver } from "./carry.js";
import { Database } from "./database.js";
import { apply, BLANK, toRows } from "./effects.js";
import { open, release, seal } from "./keys.js";
import { enter, from, touched } from "./tables.js";

/** This person's entries are locked: there is no key for them here. */
export class Locked extends Error {
  name = "Locked";
}

export class Store extends Database {
  /**
   * @param {string} person whose entries these are
   * @param {(person: string) => Promise<CryptoKey | null>} keyOf where their key comes from
   */
  constructor(person, keyOf = release) {
    super(person);
    this.#keyOf = keyOf;
    this.#channel = new BroadcastChannel(`inspector-${person}`);
    this.#channel.onmessage = ({ data }) => this.onnews(data);
  }

  #channel;
  #keyOf;
  #key = null;

  /** Open it; what lies there from before it was sealed is sealed now, or when there is a key. */
  async open() {
    await super.open();
    await carryOver(this).catch(() => {});
    return this;
  }

  /** Told what another tab wrote, or what the server said to it; the page sets this. */
  onnews = (_news) => {};

  /** Tell the other tabs of this person. */
  tell(news) {
    this.#channel.postMessage(news);
  }

  /** Hear nothing any more, and let the database go. */
  async close() {
    this.#channel.close();
    await super.close();
  }

  /**
   * Everything kept of a visit, without the photos' bytes, after taking in the server's snapshot.
   * @param {object} snapshot
   * @returns {Promise<object>} what VisitState begins with, and `submitting` and `timers`
   */
  async load(snapshot) {
    const visit = snapshot.visit.id;
    await this.open();
    for (;;) {
      const kept = await this.#kept(visit);
      const base = fold(kept.base, kept.settled, snapshot);
      if (!(await this.#rebase(visit, kept, base))) continue; // another tab was faster
      return { ...view(base, kept), submitting: kept.submitting, timers: kept.timers };
    }
  }

  /** The same without the page, as far as this tablet knows. @param {string} visit */
  async kept(visit) {
    const kept = await this.#kept(visit);
    return { ...view(fold(kept.base, kept.settled), kept), submitting: kept.submitting };
  }

  /**
   * Write one action: operations, the bytes of photos, and notes such as a running stopwatch (null
   * takes a note away); all or nothing. Resolves when the disk has them. The same action again is
   * harmless: its first operation is remembered.
   * @param {{ops?: object[], blobs?: object[], meta?: Record<string, object | null>}} action
   * @throws {Locked}
   */
  async write(action) {
    const sealed = await this.sealed(action);
    await this.change(touched(sealed), (tx) => enter(tx, sealed));
    this.told(action);
  }

  /** The action has been written, by this document or for it: tell the other tabs. */
  told({ ops = [], meta = {} }) {
    this.tell({ type: "written", ops, meta });
  }

  /** An action as it comes to the disk. @returns {Promise<import("./tables.js").SealedAction>} */
  async sealed({ ops = [], blobs = [], meta = {} }) {
    const note = async ([key, value]) => [key, value === null ? null : await this.seal(value, key)];
    const picture = async ({ sha256, bytes, thumb, type }) => ({
      sha256,
      whole: await this.seal({ bytes, type }, sha256),
      thumb: thumb && (await this.seal(thumb, `thumb:${sha256}`)),
    });
    return {
      ops: await Promise.all(ops.map((op) => this.row(op))),
      blobs: await Promise.all(blobs.map(picture)),
      notes: Object.fromEntries(await Promise.all(Object.entries(meta).map(note))),
    };
  }

  /** An operation as it lies in the log. @returns {Promise<import("./tables.js").Row>} */
  async row({ stream: _stream, seq: _seq, number: _number, ...op }) {
    const { op_id, visit, kind, payload } = op;
    const use = payload.photo ? { use: `${visit}/${payload.photo}` } : {};
    const picture = payload.sha256 ? { sha256: payload.sha256 } : {};
    return { op_id, visit, kind, ...use, ...picture, ...(await this.seal(op, op_id)) };
  }

  /** An operation that lies in the log. @returns {Promise<import("./effects.js").Op>} */
  async opened(row, stream) {
    return { ...(await this.unseal(row, row.op_id)), seq: row.seq, stream };
  }

  /** @param {unknown} value @param {string} context what it is: it opens again only as that */
  async seal(value, context) {
    return seal(await this.#theKey(), value, context);
  }

  /** @param {{iv: Uint8Array, data: ArrayBuffer}} sealed @param {string} context */
  async unseal(sealed, context) {
    return open(await this.#theKey(), sealed, context);
  }

  /** A photo kept here, or undefined. @returns {Promise<{bytes: ArrayBuffer, type: string} | undefined>} */
  async picture(sha256) {
    const row = await (await this.read(["bytes"])).objectStore("bytes").get(sha256);
    return row && this.unseal(row, sha256);
  }

  /**
   * Let go of the bytes of photos that the server has, to make room for what it does not have.
   * @returns {Promise<boolean>} whether there were any
   */
  async makeRoom() {
    return this.change(["pictures", "bytes"], async (tx) => {
      const bytes = tx.objectStore("bytes");
      const here = new Set(await bytes.getAllKeys());
      const pictures = await tx.objectStore("pictures").getAll();
      const spare = pictures.filter(({ sha256, received, waiting }) => received && !waiting && here.has(sha256));
      for (const { sha256 } of spare) await bytes.delete(sha256);
      return spare.length > 0;
    });
  }

  /** Its thumbnail; undefined when there is none, or this browser cannot show the format. */
  async thumb(sha256) {
    const row = await (await this.read(["thumbs"])).objectStore("thumbs").get(sha256);
    return row && this.unseal(row, `thumb:${sha256}`);
  }

  /** The operations of a visit that the server refused, each with its `reason`. */
  async refused(visit) {
    const tx = await this.read(["refused"]);
    return this.#openedRefused(await tx.objectStore("refused").index("visit").getAll(visit));
  }

  /** Looked up once: while this page is open, it is this person's. */
  async #theKey() {
    this.#key ??= this.#keyOf(this.person);
    const key = await this.#key.catch(() => null);
    if (key) return key;
    this.#key = null;
    throw new Locked();
  }

  async #kept(visit) {
    const tx = await this.read(["log", "bases", "refused", "pictures", "meta"]);
    const table = (name) => tx.objectStore(name);
    const [stream, rows, base, refused, pictures, wish, watches, watchKeys] = await Promise.all([
      table("meta").get("stream"),
      table("log").index("visit").getAll(visit),
      table("bases").get(visit),
      table("refused").index("visit").getAll(visit),
      table("pictures").index("uses").getAll(from(`${visit}/`)),
      table("meta").get(`submit:${visit}`),
      table("meta").getAll(from(`timer:${visit}:`)),
      table("meta").getAllKeys(from(`timer:${visit}:`)),
    ]);
    const ops = await Promise.all(rows.map((row) => this.opened(row, stream.id)));
    const timers = await Promise.all(watches.map((watch, n) => this.unseal(watch, watchKeys[n])));
    return {
      turn: base?.turn ?? 0,
      base: base && (await this.unseal(base, visit)),
      unsent: ops.filter((_, n) => rows[n].unsent),
      settled: ops.map((op, n) => ({ op, rev: rows[n].rev })).filter((_, n) => !rows[n].unsent),
      refused: await this.#openedRefused(refused),
      pictures: await Promise.all(pictures.map((picture) => this.#openedPicture(picture))),
      submitting: wish && (await this.unseal(wish, `submit:${visit}`)),
      timers: Object.fromEntries(timers.map((watch) => [watch.item, watch])),
    };
  }

  #openedRefused(rows) {
    return Promise.all(rows.map(async ({ seq, superseded, refused_at, reason, ...row }) => ({
      ...(await this.unseal(row, row.op_id)), seq, superseded, refused_at,
      reason: await this.unseal(reason, `reason:${row.op_id}`),
    })));
  }

  async #openedPicture({ sha256, received, trouble }) {
    return { sha256, received, trouble: trouble && (await this.unseal(trouble, `trouble:${sha256}`)) };
  }

  /**
   * Keep a new base, and drop the entries that are in it now; false when another tab did so meanwhile.
   * Without room for it the base before and the log say the same.
   */
  async #rebase(visit, kept, base) {
    if (!kept.settled.length && JSON.stringify(kept.base) === JSON.stringify(base)) return true;
    const { turn } = kept;
    const sealed = await this.seal(base, visit);
    try {
      return await this.change(["bases", "log"], async (tx) => {
        if (((await tx.objectStore("bases").get(visit))?.turn ?? 0) !== turn) return false;
        await tx.objectStore("bases").put({ visit, turn: turn + 1, ...sealed });
        for (const { op } of kept.settled) await tx.objectStore("log").delete(op.seq);
        return true;
      });
    } catch {
      return true;
    }
  }
}

/** The base of a visit with what the server has answered since, and with what the server knew itself. */
function fold(base, settled, snapshot) {
  const rows = toRows(base);
  for (const { op, rev } of settled) {
    apply(rows, op);
    const answer = rows.answers.get(op.payload.item);
    if (answer && rev > answer.rev) answer.rev = rev;
  }
  if (snapshot) adopt(rows, snapshot);
  return fromRows(rows);
}

/** Take in what the server knew when it made the page, which may be an old copy of it. */
function adopt(rows, snapshot) {
  rows.startedAt = snapshot.visit.started_at ?? rows.startedAt;
  const { signature } = snapshot;
  if (signature && !(rows.signature?.signed_at > signature.signed_at)) rows.signature = signature;
  for (const [item, answer] of Object.entries(snapshot.answers)) {
    // An old copy knows less than this tablet: the higher revision wins.
    if (answer.rev >= (rows.answers.get(item) ?? BLANK).rev) rows.answers.set(item, { item, ...answer });
  }
  for (const theirs of snapshot.photos) {
    const ours = rows.photos.get(theirs.id);
    const received = theirs.received || Boolean(ours?.received);
    const { url, thumb_url } = theirs;
    rows.photos.set(theirs.id, { removed: false, ...theirs, ...ours, received, url, thumb_url });
  }
  for (const theirs of snapshot.practices) {
    if (!rows.practices.has(theirs.id)) rows.practices.set(theirs.id, { removed: false, ...theirs });
  }
}

/** What the page shows: the base, with what was refused and what is on its way on top. */
function view(base, { unsent, refused, pictures }) {
  const rows = toRows(base);
  const standing = refused.filter(({ superseded }) => !superseded).sort((a, b) => a.seq - b.seq);
  for (const op of [...standing, ...unsent]) apply(rows, op);
  const known = new Map(pictures.map((picture) => [picture.sha256, picture]));
  for (const photo of rows.photos.values()) {
    const { received = false, trouble = null } = known.get(photo.sha256) ?? {};
    Object.assign(photo, { trouble, received: photo.received || received });
    photo.foreign = !known.has(photo.sha256);
  }
  return { ...fromRows(rows), ops: unsent, rejected: refused };
}

const fromRows = ({ answers, photos, practices, startedAt, signature }) => ({
  startedAt, signature,
  answers: [...answers.values()], photos: [...photos.values()], practices: [...practices.values()],
});
