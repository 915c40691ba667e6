// The button that takes a visit along, and beside it whether a start without a network would work.

import { NotTaken, STEPS, standing, take } from "../pack.js";
import { say } from "../words.js";

export class TakeAlong extends HTMLElement {
  #store = null;
  #button = this.querySelector("button");
  #state = this.querySelector("[data-state]");

  /** Look how the visit stands, and let it be taken. @param {import("../store.js").Store} store */
  async arm(store) {
    this.#store = store;
    this.#button.addEventListener("click", () => this.take());
    this.#show("checking");
    this.#settle(await standing(this.dataset.visit, store));
  }

  /** Take it along; what hinders is said beside the button. */
  async take() {
    this.#button.disabled = true;
    try {
      await take(this.dataset.visit, this.#store, (done) => this.#show("taking", { done, all: STEPS }));
      this.#settle("ready");
    } catch (error) {
      const hindrance = error instanceof NotTaken ? error.message : "incomplete";
      const before = await standing(this.dataset.visit, this.#store);
      this.#settle(before === "ready" ? "ready" : hindrance, hindrance);
      if (!(error instanceof NotTaken)) throw error;
    }
  }

  /** @param {string} standing @param {string} [hindrance] why what was taken before is not renewed */
  #settle(standing, hindrance) {
    this.#show(standing);
    if (standing === "ready" && hindrance) this.#state.append(` · ${say(`take.${hindrance}`)}`);
    this.#button.disabled = standing === "no_browser";
    this.#button.textContent = say(standing === "ready" ? "take.again" : "take.take");
  }

  #show(standing, values) {
    this.dataset.standing = standing;
    this.#state.textContent = say(`take.${standing}`, values);
  }
}

customElements.define("take-along", TakeAlong);
