// A stopwatch by the wall clock, so that it goes on while the page is away, and a way to type what
// another clock showed. The face shows the recorded time unless the watch is running.

import { onlyNumber, secondsOf } from "../numbers.js";
import { listen, Typing } from "../typing.js";
import { say, watchFace } from "../words.js";
import { notApplicable } from "./controls.js";
import { twice } from "./recording.js";

const LONGEST_MS = 99_999_000;

/**
 * @typedef {object} Watch as it is kept on the tablet
 * @property {string} item @property {number} before ms counted earlier
 * @property {number | null} since when it was started, or null when it stands still
 */

export class StopWatch extends HTMLElement {
  #watch = { before: 0, since: null };
  #value = null;
  #timer = 0;
  #setNa = () => {};

  /**
   * @param {(value: string | null, watch: Watch | null) => void} answer records a time
   * @param {(watch: Watch) => void} keep remembers that the watch runs
   * @param {Watch} [watch] as it was left
   */
  arm(item, answer, keep, watch) {
    this.#watch = { item, before: 0, since: null, ...watch };
    this.answer = answer;
    this.keep = keep;
    this.face = this.querySelector("output");
    this.runButton = this.querySelector("[data-run]");
    this.resetButton = this.querySelector("[data-reset]");
    [this.minutes, this.seconds] = this.querySelectorAll("[data-minutes], [data-seconds]");
    this.runButton.addEventListener("click", () => (this.isRunning ? this.#stop() : this.#start()));
    twice(this.resetButton, say("watch.again"), () => this.#reset());
    this.#setNa = notApplicable(this, (value) => this.#record(value, 0));
    this.#listen();
    this.#draw();
  }

  get isRunning() {
    return this.#watch.since !== null;
  }

  /** Milliseconds on the watch now. */
  get elapsed() {
    const { before, since } = this.#watch;
    return Math.min(LONGEST_MS, before + (since === null ? 0 : Math.max(0, Date.now() - since)));
  }

  /** Another tab started or stopped it. @param {Watch} watch */
  take(watch) {
    this.#watch = watch;
    this.#draw();
  }

  /** @param {string | null} value recorded, from here or elsewhere */
  show(value) {
    this.#value = value;
    this.#setNa(value);
    if (!this.#typing.isDirty) this.#fillFields();
    this.#draw();
  }

  #start() {
    this.#watch = { ...this.#watch, before: this.#counted(), since: Date.now() };
    this.keep(this.#watch);
    this.#draw();
  }

  #stop() {
    const elapsed = this.elapsed;
    this.#record(String(Math.floor(elapsed / 1000)), elapsed);
  }

  #reset() {
    this.#record(null, 0);
  }

  #record(value, before) {
    this.#watch = { ...this.#watch, before, since: null };
    this.#value = value;
    this.answer(value, this.#watch);
    this.#fillFields();
    this.#draw();
  }

  /** What a new start adds to: the watch's own time, or what was typed instead. */
  #counted() {
    const recorded = /^\d+$/.test(this.#value ?? "") ? Number(this.#value) * 1000 : 0;
    const own = this.#watch.before;
    return Math.floor(own / 1000) * 1000 === recorded ? own : recorded;
  }

  #typing = new Typing((text) => {
    const value = secondsOf(...text.split(":"));
    this.#record(value, Number(value ?? 0) * 1000);
  });

  #listen() {
    const fields = { // the two fields are one text: minutes:seconds
      typed: () => this.#typing.typed(`${this.minutes.value}:${this.seconds.value}`),
      flush: () => this.#typing.flush(),
    };
    for (const field of [this.minutes, this.seconds]) listen(field, fields, (text) => onlyNumber(text, true));
  }

  #fillFields() {
    if (this.contains(document.activeElement) && document.activeElement.matches("input")) return;
    const whole = /^\d+$/.test(this.#value ?? "") ? Number(this.#value) : null;
    this.minutes.value = whole === null ? "" : String(Math.floor(whole / 60));
    this.seconds.value = whole === null ? "" : String(whole % 60);
    this.#typing.settle(`${this.minutes.value}:${this.seconds.value}`);
  }

  #draw() {
    clearTimeout(this.#timer);
    const running = this.isRunning;
    this.face.textContent = watchFace(running ? this.elapsed : this.#counted());
    const has = running || this.#counted() > 0;
    const label = running ? `■ ${say("watch.stop")}` : `▶ ${say(has ? "watch.resume" : "watch.start")}`;
    if (this.runButton.textContent !== label) this.runButton.textContent = label;
    this.toggleAttribute("data-running", running);
    this.resetButton.disabled = !has;
    if (running) this.#timer = setTimeout(() => this.#draw(), 100);
  }
}

customElements.define("stop-watch", StopWatch);
