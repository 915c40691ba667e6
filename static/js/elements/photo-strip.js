// The photos of an item or of a good practice: taking, choosing, and how far each has come. What is
// not yet on the disk stays here, with its bytes, until it is or until the inspector gives it up.

import { prepare, read, takenAt } from "../photos.js";
import { Refused } from "../picture.js";
import { uuid7 } from "../uuid7.js";
import { clock, say } from "../words.js";
import { armCoverFirst, isCoverFirst } from "./cover-first.js";
import { editPhoto } from "./photo-editor.js";
import { offerThumb, openPhoto, stateOf, thumbOf } from "./photo-view.js";
import { copyOf, record } from "./recording.js";

/** One after the other on the whole page: a decoded photo takes some 50 MB of memory. */
let queue = Promise.resolve();

const AGAIN_MS = 10_000;

/** What a tile says of a photo that is not kept yet. */
const DRAFT = { preparing: "photo.preparing", covering: "photo.covering", unsaved: "photo.unsaved" };

export class PhotoStrip extends HTMLElement {
  #of = {};
  #before = () => [];
  #drafts = [];
  #photos = [];
  #tiles = new Map();

  /**
   * @param {{item?: string, practice?: string, stage: string}} of
   * @param {() => object[]} [before] operations that must come first, such as the practice itself
   */
  arm(of, before = () => []) {
    this.#of = { item: null, practice: null, ...of };
    this.#before = before;
    this.append(copyOf("photo-strip"));
    this.heading = this.querySelector("h3");
    this.problem = this.querySelector(".error");
    this.tiles = this.querySelector(".tiles");
    armCoverFirst(this.querySelector("[data-cover-first]"));
    for (const input of this.querySelectorAll("input[type=file]")) {
      input.addEventListener("change", () => this.#take(input));
    }
  }

  /** @param {object[]} photos oldest first @param {string} title */
  show(photos, title) {
    this.heading.textContent = title;
    this.#photos = photos;
    this.#draw();
  }

  #take(input) {
    this.problem.hidden = true;
    for (const file of [...input.files]) this.#draft(file);
    input.value = ""; // so that the same file can be chosen again
  }

  #draft(file) {
    const draft = { id: uuid7(), state: "preparing", kept: null, taken: null };
    this.#drafts.push(draft);
    this.#draw();
    const reading = read(file); // at once: while it waits, a file can go blank under the page
    reading.catch(() => {});
    queue = queue.then(async () => {
      try {
        const original = await reading;
        draft.taken = takenAt(file, original);
        draft.kept = await prepare(original);
        if (isCoverFirst()) return await this.#cover(draft, original);
        offerThumb(draft.kept);
        this.#keep(draft); // while this one is written, the next is made ready
      } catch (error) {
        this.#refuse(draft, error, file.name);
      }
    });
  }

  /** Nothing of the photo is kept before the person has covered what must not be seen. */
  async #cover(draft, original) {
    const { kept } = draft;
    if (!kept.thumb) throw new Refused("photo.not_shown");
    draft.state = "covering";
    this.#draw();
    const isKept = await editPhoto(kept.bytes, async (marks) => {
      if (marks.length) draft.kept = await prepare(original, marks);
      await this.#store(draft);
    }, { isNew: true });
    if (!isKept) this.#drop(draft);
  }

  async #keep(draft) {
    try {
      await this.#store(draft);
    } catch (error) {
      draft.state = "unsaved";
      this.#say(error.message);
      this.#draw();
      setTimeout(() => draft.state === "unsaved" && this.#keep(draft), AGAIN_MS);
    }
  }

  async #store(draft) {
    const { sha256 } = draft.kept;
    const payload = { photo: draft.id, sha256, ...this.#of, caption: "", ...draft.taken };
    draft.state = "keeping"; // from here the page shows it as a photo that is being saved
    try {
      await record(this, { ops: [...this.#before(), { kind: "photo.add", payload }], blobs: [draft.kept] });
    } catch {
      throw new Error(say("photo.no_room"));
    }
    this.#drop(draft);
  }

  #drop(draft) {
    this.#drafts = this.#drafts.filter((other) => other !== draft);
    this.#draw();
  }

  #refuse(draft, error, name) {
    const key = error instanceof Refused ? error.key : "photo.unreadable";
    this.#say(say(key, { name }));
    this.#drop(draft);
  }

  #say(sentence) {
    this.problem.textContent = sentence;
    this.problem.hidden = false;
  }

  #draw() {
    const shown = [
      ...this.#photos.map((photo) => ({ key: photo.id, photo })),
      ...this.#drafts.filter(({ state }) => state !== "keeping").map((draft) => ({ key: draft.id, draft })),
    ];
    const keys = new Set(shown.map(({ key }) => key));
    for (const [key, tile] of this.#tiles) {
      if (keys.has(key)) continue;
      tile.remove();
      this.#tiles.delete(key);
    }
    const adders = this.tiles.querySelector(".add");
    shown.forEach(({ key, photo, draft }, n) => {
      if (!this.#tiles.has(key)) {
        const tile = copyOf("photo-tile").firstElementChild;
        this.#tiles.set(key, tile);
        this.tiles.insertBefore(tile, adders);
      }
      const tile = this.#tiles.get(key);
      if (photo) this.#drawPhoto(tile, photo, n);
      else this.#drawDraft(tile, draft);
    });
  }

  #drawPhoto(tile, photo, n) {
    delete tile.dataset.draft;
    const button = tile.querySelector("button");
    const subject = photo.item ?? say("practice.title", { n: "" });
    button.setAttribute("aria-label", say("photo.of", { n: n + 1, item: subject }));
    button.onclick = () => openPhoto(photo.id, this);
    tile.querySelector("figcaption").textContent = `${clock(photo.taken_at)} · ${stateOf(photo)}`;
    tile.classList.toggle("bad", Boolean(photo.trouble));
    if (tile.dataset.sha256 === photo.sha256) return;
    const image = tile.querySelector("img");
    thumbOf(photo).then((url) => {
      if (url) tile.dataset.sha256 = photo.sha256;
      if (url) image.src = url;
      image.hidden = !url;
      button.dataset.words = url ? "" : say("photo.no_preview");
    });
  }

  #drawDraft(tile, draft) {
    const unsaved = draft.state === "unsaved";
    tile.dataset.draft = "";
    const button = tile.querySelector("button");
    button.dataset.words = unsaved ? say("photo.retry") : "…";
    button.onclick = unsaved ? () => this.#keep(draft) : null;
    tile.querySelector("figcaption").textContent = say(DRAFT[draft.state]);
    tile.classList.toggle("bad", unsaved);
  }
}

customElements.define("photo-strip", PhotoStrip);
