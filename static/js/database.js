// One person's database on this tablet: its connection, opened anew when it was lost, and transactions
// that the disk has confirmed ("strict"). No DOM, no keys.

import { openDB } from "idb";

import { createTables, VERSION } from "./tables.js";

const STRICT = { durability: "strict" };

export class Database {
  /** @param {string} person whose database it is */
  constructor(person) {
    this.person = person;
  }

  #opening = null;

  /** Open the database now, to learn whether there is one. */
  async open() {
    await this.#database();
    return this;
  }

  /** Whether it has a table of that name. @param {string} table */
  async has(table) {
    return (await this.#database()).objectStoreNames.contains(table);
  }

  /** Let it go; it is opened anew when it is needed. */
  async close() {
    const opening = this.#opening;
    this.#opening = null;
    (await opening)?.close();
  }

  /** A transaction for reading. @param {string[]} tables */
  async read(tables) {
    return this.#begin(tables);
  }

  /**
   * A transaction for writing; resolves when it is complete and on the disk, rejects when nothing of
   * it was kept. `work` must wait for nothing but the database: a transaction does not outlive that.
   * @template T
   * @param {string[]} tables @param {(tx: object) => Promise<T>} work @returns {Promise<T>}
   */
  async change(tables, work) {
    const tx = await this.#begin(tables, "readwrite", STRICT);
    tx.done.catch(() => {}); // it is awaited below, but `work` may fail first
    let result;
    try {
      result = await work(tx);
      tx.commit?.();
    } catch (error) {
      abort(tx);
      // A full disk is known to the transaction only; that it was ended from here says nothing.
      await tx.done.catch((reason) => { throw reason?.name === "AbortError" ? error : reason; });
    }
    await tx.done;
    return result;
  }

  async #begin(...what) {
    const db = await this.#database();
    try {
      return db.transaction(...what);
    } catch (error) {
      this.#opening = null; // it is closed, and nobody said so
      throw error;
    }
  }

  #database() {
    this.#opening ??= this.#open().catch((error) => {
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }

  #open() {
    const lost = () => { this.#opening = null; };
    return openDB(`inspector-${this.person}`, VERSION, {
      upgrade: (db, before, _now, tx) => createTables(db, before, tx),
      blocking: (_now, _next, event) => { event.target.close(); lost(); },
      terminated: lost,
    });
  }
}

function abort(tx) {
  try {
    tx.abort();
  } catch {
    // it has aborted itself already
  }
}
