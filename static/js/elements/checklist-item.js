// One item of the checklist: its control, what the answer means, how safe it is, and, when it fails,
// the details that open in place.

import { judge } from "../judgement.js";
import { say } from "../words.js";
import { showConflicts } from "./conflicts.js";
import { buttons, number } from "./controls.js";
import { ItemDetails } from "./item-details.js";
import { afterTouch, answerOf, page, record } from "./recording.js";
import "./stop-watch.js";

/**
 * @typedef {object} ItemView what the page knows about an item
 * @property {object} answer @property {string} mark @property {boolean} failed
 * @property {boolean} skipped @property {string[]} needs photo, after_photo
 * @property {object[]} before @property {object[]} after photos
 */

export class ChecklistItem extends HTMLElement {
  #rule = null;
  #shown = "";
  #view = null;
  #details = null;
  #wanted = false;
  #busy = false;
  #setValue = () => {};

  get code() {
    return this.dataset.item;
  }

  /** Make the control work; until then it is disabled. @param {object} rule @param {object} [watch] */
  arm(rule, watch) {
    this.#rule = rule;
    this.moreButton = this.querySelector("button.more");
    this.moreButton.addEventListener("click", () => this.#toggle());
    this.#setValue = this.#control(watch);
    this.querySelector("[data-accept]")?.addEventListener("click", () => this.#answer("na"));
    for (const part of this.querySelectorAll("fieldset, button[disabled]")) part.disabled = false;
  }

  /** Whether its stopwatch is running. */
  get watch() {
    return this.querySelector("stop-watch");
  }

  /** @param {ItemView} view */
  show(view) {
    const next = JSON.stringify(view);
    if (next === this.#shown) return;
    this.#shown = next;
    this.#view = view;
    this.#setValue(view.answer.value);
    this.classList.toggle("failed", view.failed);
    this.classList.toggle("skipped", view.skipped);
    const proposal = this.querySelector("[data-proposal]");
    if (proposal) proposal.hidden = !(this.#rule.proposed === "na" && view.answer.value === null);
    this.#showMark();
    showConflicts(this, view.answer);
    this.#showVerdict(view.answer.value);
    if (this.#details?.isConnected) this.#details.show(view);
    if (this.#shouldBeOpen !== this.#isOpen) afterTouch(() => this.#open(this.#shouldBeOpen));
  }

  /** A failed item is open, one with a note or photos too, and one that the inspector opened. */
  get #shouldBeOpen() {
    const { answer, before, after, failed } = this.#view;
    const hasContent = answer.note || answer.place || answer.no_photo_reason || answer.corrected ||
      before.length || after.length;
    return failed || this.#wanted || Boolean(hasContent);
  }

  get #isOpen() {
    return Boolean(this.#details?.isConnected);
  }

  #control(watch) {
    const answer = (value) => this.#answer(value);
    if (this.#rule.type === "number") {
      return number(this, answer, (value) => this.#showVerdict(value), this.#setBusy);
    }
    if (this.#rule.type !== "duration") return buttons(this, answer);
    this.watch.arm(
      this.code,
      (value, left) => this.#answer(value, { [this.#timerKey]: left }),
      (running) => record(this, { meta: { [this.#timerKey]: running } }),
      watch,
    );
    return (value) => this.watch.show(value);
  }

  get #timerKey() {
    return `timer:${page.visit}:${this.code}`;
  }

  #answer(value, meta = {}) {
    record(this, { ops: [answerOf(this.code, value)], meta });
  }

  /** While something typed is not yet handed on, the item is not saved. */
  #setBusy = (busy) => {
    this.#busy = busy;
    this.#showMark();
    if (!busy) this.#showVerdict(this.#view.answer.value);
  };

  #showMark() {
    const mark = this.#busy && this.#view.mark !== "unsaved" ? "saving" : this.#view.mark;
    const state = this.querySelector("[data-state]");
    state.dataset.state = mark;
    state.textContent = mark ? say(`state.${mark}`) : "";
  }

  #showVerdict(value) {
    const { tone, key, values, veto } = judge(this.#rule, value, this.#view.skipped);
    const line = this.querySelector("[data-verdict]");
    // What the pressed button says already is not said twice.
    const plainYes = this.#rule.type === "yesno" && tone === "pass";
    const plainNa = this.#rule.type === "yesno" && value === "na" && !this.#view.skipped;
    line.dataset.tone = tone;
    const words = key && !plainYes && !plainNa ? [say(key, values)] : [];
    if (veto) words.push(say("judgement.veto"));
    line.textContent = words.join(" · ");
  }

  #toggle() {
    this.#wanted = !this.#isOpen;
    if (this.#wanted || !this.#shouldBeOpen) this.#open(this.#wanted);
  }

  #open(open) {
    if (open && !this.#details) {
      this.#details = new ItemDetails();
      this.#details.arm(this.#rule, this.#setBusy, () => {
        this.#wanted = false;
        this.#answer(null);
      });
    }
    if (open) {
      this.append(this.#details);
      this.#details.show(this.#view);
    } else {
      this.#details?.remove();
    }
    this.moreButton.setAttribute("aria-expanded", String(open));
  }
}

customElements.define("checklist-item", ChecklistItem);
