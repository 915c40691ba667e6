// The button that takes a visit along, and beside it whether a start without a network would work.

import { NotTaken, standing, take } from "../pack.js";
import { dayAndClock, say } from "../words.js";

export class TakeAlong extends HTMLElement {
  #store = null;
  #button = this.querySelector("button");
  #state = this.querySelector("[data-state]");
  #busy = null;
  #known = null;

  /** Look how the visit stands, and let it be taken. @param {import("../store.js").Store} store */
  async arm(store) {
    this.#store = store;
    this.#button.addEventListener("click", () => this.take());
    this.#show("checking");
    await this.look();
  }

  /** Look again how it stands. */
  async look() {
    if (!this.#busy) this.#settle(await standing(this.dataset.visit, this.#store));
  }

  /** Go on with what broke off, and take along again what the server says otherwise by now. @param {string} state */
  async renew(state) {
    const { name, state: known } = this.#known ?? {};
    if (name === "incomplete" || (name === "ready" && state && state !== known)) await this.take();
  }

  /** Take it along; what hinders is said beside the button. */
  take() {
    this.#busy ??= this.#take().finally(() => { this.#busy = null; });
    return this.#busy;
  }

  async #take() {
    this.#button.disabled = true;
    const tell = (what, done, all) => this.#show(what, { done, all });
    try {
      await take(this.dataset.visit, this.#store, tell);
      this.#settle(await standing(this.dataset.visit, this.#store));
    } catch (error) {
      const hindrance = error instanceof NotTaken ? error : new NotTaken("incomplete");
      const now = await standing(this.dataset.visit, this.#store);
      this.#settle(now.name === "ready" ? now : { name: hindrance.message, values: hindrance.values }, hindrance);
      if (!(error instanceof NotTaken)) throw error;
    }
  }

  /** @param {import("../pack.js").Standing} standing @param {NotTaken} [hindrance] to renewing it */
  #settle(standing, hindrance) {
    this.#known = standing;
    const { name, made, left, values } = standing;
    this.#show(name, values);
    const isReady = name === "ready";
    const more = [];
    if (isReady) more.push(say("take.made", { time: dayAndClock(made) }));
    if (left !== undefined) more.push(say("take.little_room", { left }));
    if (isReady && hindrance) {
      more.push(say("take.not_renewed"), say(`take.${hindrance.message}`, hindrance.values));
    }
    for (const words of more) this.#state.append(` · ${words}`);
    this.#button.disabled = name === "no_browser";
    this.#button.textContent = say(isReady ? "take.again" : "take.take");
  }

  #show(standing, values) {
    this.dataset.standing = standing;
    this.#state.textContent = say(`take.${standing}`, values);
  }
}

customElements.define("take-along", TakeAlong);
