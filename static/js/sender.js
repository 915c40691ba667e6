// When the outbox is sent: at once, by one tab at a time, again and again until the server has it.
// No DOM; network, clock, chance and locks come from outside, and what becomes of the tablet.

import { Delivery, Stopped } from "./delivery.js";
import { sessionWasTakenAway } from "./keys.js";
import { backOff } from "./verdicts.js";

const TICK_MS = 15_000;
const LONGEST = 99;

/** Verdicts that are not over by waiting a moment, and the phase that each of them is. */
const KEPT = {
  sign_in: "sign_in", hold: "hold", paused: "paused", gap: "stuck", photos: "stuck", stuck: "stuck",
};

/** The browser's own network, clock, chance and locks. */
export const browser = {
  fetch: (...args) => fetch(...args),
  locks: globalThis.navigator?.locks,
  now: () => Date.now(),
  random: () => Math.random(),
  setTimeout: (...args) => setTimeout(...args),
  clearTimeout: (timer) => clearTimeout(timer),
  timeout: (ms) => AbortSignal.timeout(ms),
  takenAway: () => sessionWasTakenAway().catch(() => {}),
};

export class Sender {
  /**
   * @param {import("./outbox.js").Outbox} outbox
   * @param {typeof browser} world
   */
  constructor(outbox, world = browser) {
    this.#outbox = outbox;
    this.#lock = `inspector-sender-${outbox.person}`;
    this.#world = world;
    this.#delivery = new Delivery(outbox, world, {
      busy: () => this.#enter("sending"),
      taken: () => this.#taken(),
    });
  }

  #outbox;
  #lock;
  #world;
  #delivery;
  #running = false;
  #leading = false;
  #again = false;
  #pressed = false;
  #failures = 0;
  #timer = null;

  /**
   * loading (not looked yet), idle, sending, waiting (tries again by itself), sign_in, hold and paused
   * (wait for a person), stuck (something is missing that only people can find).
   */
  phase = "loading";
  /** The server's sentence when it refused us, or "". */
  sentence = "";
  /** When the server last took something, in milliseconds, or null. */
  lastSuccess = null;

  /** Called when one of these three has changed; the page sets it. */
  onchange = () => {};

  /** Begin, and look again every 15 seconds. */
  start() {
    const tick = () => {
      this.#world.setTimeout(tick, TICK_MS);
      if (this.#timer === null && !["sign_in", "hold"].includes(this.phase)) this.kick();
    };
    tick();
  }

  /** Send what there is, now: something was written, the network is back, somebody pressed. */
  kick() {
    this.#world.clearTimeout(this.#timer);
    this.#timer = null;
    if (!this.#running) return void this.#run();
    this.#again = true;
    // While photos are on their way, answers need not wait for them; the run itself meets the same
    // failure and deals with it.
    if (this.#leading) this.#delivery.ops().catch(() => {});
  }

  /** Stop, until somebody presses "send"; what is on its way at this moment still arrives. */
  async pause() {
    await this.#outbox.pause(true);
    this.#world.clearTimeout(this.#timer);
    this.#timer = null;
    if (!this.#running) this.#enter("paused");
  }

  /** Somebody pressed "send": go on, also after a stop, and after an attempt that is failing just now. */
  async resume() {
    await this.#outbox.pause(false);
    this.#failures = 0;
    this.#pressed = this.#running;
    this.kick();
  }

  async #run() {
    this.#running = true;
    this.#again = false;
    try {
      await this.#world.locks.request(this.#lock, { ifAvailable: true }, async (lock) => {
        if (!lock) return; // another tab sends for this one
        this.#leading = true;
        await this.#delivery.all();
      });
      this.#failures = 0;
      this.#enter("idle");
    } catch (error) {
      this.#stopped(error instanceof Stopped ? error.verdict : { act: "retry" });
    } finally {
      this.#running = this.#leading = false;
    }
    const isPressed = this.#pressed;
    this.#pressed = false;
    if (this.#again && (this.phase === "idle" || isPressed)) this.kick();
  }

  #taken() {
    this.lastSuccess = this.#world.now();
    this.#failures = 0;
    this.onchange();
  }

  #stopped(verdict) {
    this.sentence = verdict.sentence ?? "";
    if (verdict.code === "session.taken_away") this.#world.takenAway();
    const phase = KEPT[verdict.act];
    this.#enter(phase ?? "waiting");
    if (["sign_in", "hold", "paused"].includes(phase)) return;
    this.#failures = phase === "stuck" ? LONGEST : this.#failures + 1;
    const wait = backOff(this.#failures, this.#world.random());
    this.#timer = this.#world.setTimeout(() => this.kick(), wait);
  }

  #enter(phase) {
    if (phase === "idle" || phase === "sending") this.sentence = "";
    if (this.phase === phase) return;
    this.phase = phase;
    this.onchange();
  }
}
