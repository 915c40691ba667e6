// Text on its way from the fingers to the tablet's store: one save when the typing pauses, one when
// the field is left or the page hides, none when nothing changed. No DOM.

const PAUSE_MS = 600;

/** @type {Set<Typing>} */
const dirty = new Set();

export class Typing {
  /**
   * @param {(text: string) => void} save
   * @param {{setTimeout: Function, clearTimeout: Function}} [timers]
   */
  constructor(save, timers = globalThis) {
    this.#save = save;
    this.#timers = timers;
  }

  #save;
  #timers;
  #timer = null;
  #saved = "";
  #text = "";

  /** Whether something is typed and not yet handed on. */
  get isDirty() {
    return this.#text !== this.#saved;
  }

  /** What is known to be saved: from the store, or from another tab. @param {string} text */
  settle(text) {
    this.#saved = text;
    if (this.#timer === null) this.#text = text;
  }

  /** @param {string} text the whole field, as it stands */
  typed(text) {
    this.#text = text;
    this.#timers.clearTimeout(this.#timer);
    this.#timer = this.#timers.setTimeout(() => this.flush(), PAUSE_MS);
    dirty.add(this);
  }

  /** Save now what has been typed. */
  flush() {
    this.#timers.clearTimeout(this.#timer);
    this.#timer = null;
    dirty.delete(this);
    if (!this.isDirty) return;
    this.#saved = this.#text;
    this.#save(this.#text);
  }
}

/** Save now what has been typed anywhere on the page: it may be about to vanish. */
export function flushAll() {
  for (const typing of [...dirty]) typing.flush();
}
