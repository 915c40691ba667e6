// What is said about an item beyond its answer: where, what, photos, corrected on the spot.

import { listen, Typing } from "../typing.js";
import { say } from "../words.js";
import "./photo-strip.js";
import { copyOf, correctionOf, noteOf, record } from "./recording.js";

export class ItemDetails extends HTMLElement {
  #rule = null;
  #fields = [];
  #busy = () => {};

  /**
   * @param {object} rule
   * @param {(busy: boolean) => void} busy told while something typed is not saved
   * @param {() => void} clear takes the answer back
   */
  arm(rule, busy, clear) {
    this.#rule = rule;
    this.#busy = busy;
    this.append(copyOf("item-details"));
    this.#fields = [...this.querySelectorAll("[data-text]")].map((input) => this.#field(input));
    this.corrected = this.querySelector("[data-corrected]");
    this.corrected?.addEventListener("change", () =>
      this.#record(correctionOf(rule.code, this.corrected.checked)));
    this.querySelector("[data-clear]").addEventListener("click", clear);
    [this.before, this.after] = this.querySelectorAll("photo-strip");
    this.before.arm({ item: rule.code, stage: "before" });
    this.after.arm({ item: rule.code, stage: "after" });
  }

  /** @param {import("./checklist-item.js").ItemView} view */
  show({ answer, failed, needs, before, after }) {
    for (const field of this.#fields) field.show(answer);
    if (this.corrected) { // only who is there can see something put right
      this.corrected.checked = answer.corrected;
      this.corrected.parentElement.hidden = !failed && !answer.corrected;
    }
    const needed = (what) => (needs.includes(what) ? "_needed" : "");
    this.before.show(before, say(`photos.before${needed("photo")}`));
    this.after.show(after, say(`photos.after${needed("after_photo")}`));
    this.after.hidden = !answer.corrected && !after.length;
    const lacking = failed && this.#rule.photo_on_fail && needs.length > 0;
    this.querySelector("[data-reason]").hidden = !lacking && !answer.no_photo_reason;
    this.querySelector("[data-clear]").hidden = answer.value === null;
  }

  #field(input) {
    const name = input.dataset.text;
    const typing = new Typing((text) => this.#record(noteOf(this.#rule.code, name, text)), this.#busy);
    listen(input, typing);
    return {
      show: (answer) => {
        // What is being typed stays; what another tab wrote comes in.
        if (typing.isDirty || input.value === answer[name]) return;
        typing.settle(answer[name]);
        input.value = answer[name];
      },
    };
  }

  #record(op) {
    record(this, { ops: [op] });
  }
}

customElements.define("item-details", ItemDetails);
