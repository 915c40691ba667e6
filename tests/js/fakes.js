// A clock that moves only when told, and a visit small enough to read.

import { VisitState } from "../../static/js/state.js";

/** Timers that fire when `pass` moves the time past them. */
export class Clock {
  time = 0;
  #timers = new Map();
  #last = 0;

  setTimeout = (act, ms = 0) => {
    this.#timers.set((this.#last += 1), { act, at: this.time + ms });
    return this.#last;
  };

  clearTimeout = (timer) => this.#timers.delete(timer);

  /** The times at which something is due, soonest first. */
  get due() {
    return [...this.#timers.values()].map(({ at }) => at).sort((a, b) => a - b);
  }

  /** Let `ms` pass, and everything that is due happen. */
  async pass(ms) {
    const until = this.time + ms;
    for (;;) {
      const next = [...this.#timers].sort(([, a], [, b]) => a.at - b.at)[0];
      if (!next || next[1].at > until) break;
      this.time = next[1].at;
      this.#timers.delete(next[0]);
      next[1].act();
      await settle();
    }
    this.time = until;
    await settle();
  }
}

/** Let all promises that can go on do so. */
export const settle = () => new Promise((resolve) => setImmediate(resolve));

export const RULES = [
  rule("A-1", { effect: "gate" }),
  rule("A-2", { photo_on_fail: true }),
  rule("B-1", { section: "B", type: "number", op: "<=", limit: "0", half_limit: "1" }),
];

export function rule(code, more = {}) {
  return {
    code, section: "A", type: "yesno", op: null, limit: null, half_limit: null, max: null,
    points: "2", effect: "score", critical: false, na_allowed: false, photo_on_fail: false, ...more,
  };
}

/** A visit with nothing recorded. */
export function emptyVisit(rows = {}) {
  const nothing = { answers: [], photos: [], practices: [], ops: [], rejected: [], startedAt: null };
  return new VisitState({ ...nothing, ...rows });
}

let made = 0;

/** An operation of the visit. */
export function op(kind, payload = {}, more = {}) {
  made += 1;
  return {
    op_id: `op-${made}`, v: 1, kind, visit: "V", payload, at: "2026-11-23T01:12:00.000Z", tz: -480,
    tpl: "ONSITE 1.0", ...more,
  };
}

export const answer = (item, value) => op("answer.set", { item, value, base: 0 });
