// Text on its way from the fingers to the tablet's store: one save when the typing pauses, one when
// the field is left or the page hides, none when nothing changed. No DOM.

const PAUSE_MS = 600;

/** @type {Set<Typing>} */
const dirty = new Set();

export class Typing {
  /**
   * @param {(text: string) => void} save
   * @param {(busy: boolean) => void} [busy] told when there is something unsaved, and when no more
   * @param {{setTimeout: Function, clearTimeout: Function}} [timers]
   */
  constructor(save, busy = () => {}, timers = globalThis) {
    this.#save = save;
    this.#busy = busy;
    this.#timers = timers;
  }

  #save;
  #busy;
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
    this.#busy(true);
  }

  /** Give up what has been typed: what it belongs to is gone. */
  drop() {
    this.#text = this.#saved;
    this.flush();
  }

  /** Save now what has been typed. */
  flush() {
    this.#timers.clearTimeout(this.#timer);
    this.#timer = null;
    if (!dirty.delete(this)) return;
    const changed = this.isDirty;
    this.#saved = this.#text;
    if (changed) this.#save(this.#text);
    this.#busy(false);
  }
}

/**
 * Save what is typed into a field; an input method's letters wait until they are characters.
 * @param {HTMLInputElement | HTMLTextAreaElement} input
 * @param {Typing} typing
 * @param {(text: string) => string} [clean] what may stand in the field
 */
export function listen(input, typing, clean = (text) => text) {
  const typed = (event) => {
    if (event.isComposing) return;
    const text = clean(input.value);
    if (text !== input.value) input.value = text;
    typing.typed(text);
  };
  input.addEventListener("input", typed);
  input.addEventListener("compositionend", () => typed({ isComposing: false }));
  input.addEventListener("blur", () => typing.flush());
  if (input.tagName === "INPUT") {
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) input.blur();
    });
  }
}

/** Save now what has been typed anywhere on the page: it may be about to vanish. */
export function flushAll() {
  for (const typing of [...dirty]) typing.flush();
}

/** Whether something is typed that has not been handed on. */
export const isTyping = () => dirty.size > 0;
