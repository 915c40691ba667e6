// How far the sending has come since there was last nothing to send, for "sent: entries 96 of 109".
// It is kept while the tab is open, so that a reload does not begin to count anew. No DOM.

const KEY = "inspector-sent";

export class Progress {
  /** @param {Storage} [kept] of this tab */
  constructor(kept = globalThis.sessionStorage) {
    this.#kept = kept;
    this.#sent = JSON.parse(kept.getItem(KEY)) ?? { entries: 0, photos: 0 };
  }

  #kept;
  #sent;

  /** What the store tells: the server named entries, or has the bytes of a photo. */
  hear({ type, settled, patch }) {
    if (type === "settled") this.#count({ entries: settled.length });
    if (type === "photo" && patch.received) this.#count({ photos: 1 });
  }

  /** All is sent: what comes next is counted anew. */
  reset() {
    this.#keep({ entries: 0, photos: 0 });
  }

  /**
   * @param {import("./unsent.js").Unsent} unsent what waits now
   * @returns {{entries: number, allEntries: number, photos: number, allPhotos: number}}
   */
  of(unsent) {
    if (unsent.entries + unsent.photos === 0) this.reset();
    const { entries, photos } = this.#sent;
    return { entries, allEntries: entries + unsent.entries, photos, allPhotos: photos + unsent.photos };
  }

  #count({ entries = 0, photos = 0 }) {
    this.#keep({ entries: this.#sent.entries + entries, photos: this.#sent.photos + photos });
  }

  #keep(sent) {
    this.#sent = sent;
    this.#kept.setItem(KEY, JSON.stringify(sent));
  }
}
