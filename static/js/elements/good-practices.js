// Good practice seen on the visit: any number of texts with photos.

import { listen, Typing } from "../typing.js";
import { uuid7 } from "../uuid7.js";
import { say } from "../words.js";
import "./photo-strip.js";
import { copyOf, page, record, twice } from "./recording.js";

export class GoodPractices extends HTMLElement {
  #cards = new Map();
  #fresh = new Set();

  arm() {
    this.list = this.querySelector("[data-list]");
    const add = this.querySelector("[data-add]");
    add.disabled = false;
    add.addEventListener("click", () => {
      const id = uuid7();
      this.#fresh.add(id);
      this.show();
      this.#cards.get(id).text.focus();
    });
  }

  /**
   * Show all that the visit has, and the empty ones that were just opened.
   * @param {Map<string, string>} marks how safe each is
   */
  show(marks = page.state.marks()) {
    const kept = [...page.state.practices.values()].filter((practice) => !practice.removed);
    const ids = [...new Set([...kept.map(({ id }) => id), ...this.#fresh])].sort();
    for (const [id, card] of this.#cards) {
      if (!ids.includes(id)) {
        card.root.remove();
        this.#cards.delete(id);
      }
    }
    ids.forEach((id, n) => {
      if (!this.#cards.has(id)) this.#cards.set(id, this.#card(id));
      this.#showCard(this.#cards.get(id), id, n + 1, marks.get(id) ?? "");
    });
  }

  #card(id) {
    const root = copyOf("good-practice").firstElementChild;
    this.list.append(root);
    const text = root.querySelector("[data-practice-text]");
    const section = root.querySelector("[data-practice-section]");
    const strip = root.querySelector("photo-strip");
    const payload = () => ({ practice: id, section: section.value || null, text: text.value });
    const keep = () => record(root, { ops: [{ kind: "practice.set", payload: payload() }] });
    const typing = new Typing(keep, (busy) => {
      root.toggleAttribute("data-busy", busy);
      this.show();
    });
    listen(text, typing);
    section.addEventListener("change", keep);
    // The server takes a photo only of a practice that it knows.
    const first = () => (page.state.practices.has(id) ? [] : [{ kind: "practice.set", payload: payload() }]);
    strip.arm({ practice: id, stage: "practice" }, first);
    twice(root.querySelector("[data-remove]"), say("again"), () => this.#remove(id));
    return { root, text, section, strip, typing };
  }

  #remove(id) {
    this.#fresh.delete(id);
    const { root, typing } = this.#cards.get(id);
    typing.drop();
    if (page.state.practices.has(id)) {
      record(root, { ops: [{ kind: "practice.remove", payload: { practice: id } }] });
    }
    this.show();
  }

  #showCard({ root, text, section, strip, typing }, id, n, safety) {
    const practice = page.state.practices.get(id);
    root.querySelector(".code").textContent = say("practice.title", { n });
    const mark = root.hasAttribute("data-busy") ? "saving" : safety;
    const state = root.querySelector("[data-state]");
    state.dataset.state = mark;
    state.textContent = mark ? say(`state.${mark}`) : "";
    if (practice && !typing.isDirty && text.value !== practice.text) {
      text.value = practice.text;
      typing.settle(practice.text);
    }
    if (practice) section.value = practice.section ?? "";
    strip.show(page.state.photosOf({ practice: id }), say("photos.practice"));
  }
}

customElements.define("good-practices", GoodPractices);
