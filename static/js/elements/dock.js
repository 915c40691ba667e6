// The bar under the thumb: how much has arrived and what keeps the rest; failed items; the next one.

import { clock, say } from "../words.js";

/**
 * @param {object} of
 * @param {object} of.arrivals from completeness.js @param {object} of.sender phase, lastSuccess
 * @param {number} of.saving actions not on the disk yet
 * @param {object} of.score
 */
export function showDock({ arrivals, sender, saving, score }) {
  const dock = document.querySelector(".dock");
  const total = arrivals.answersTotal + arrivals.photosTotal;
  const loading = sender.phase === "loading";
  const key = loading ? "phase.loading" : total ? "dock.arrivals" : "dock.nothing";
  set(dock, "[data-arrivals]", say(key, arrivals));
  set(dock, "[data-why]", loading ? "" : phaseOf({ arrivals, sender, saving, total }));
  dock.dataset.phase = sender.phase;
  set(dock, "[data-failed] b", score.failed.length);
  const complete = score.unanswered.length === 0;
  set(dock, "[data-next]", `${say(complete ? "dock.review" : "dock.next")} ›`);
  dock.querySelector("[data-next]").dataset.complete = complete;
}

function phaseOf({ arrivals, sender, saving, total }) {
  const { refused: n } = arrivals;
  const isAway = !arrivals.unsent && !arrivals.waiting;
  const last = sender.lastSuccess ? ` · ${say("phase.last", { time: clock(sender.lastSuccess) })}` : "";
  if (saving) return say("phase.saving");
  if (sender.phase === "idle" && isAway && n) return say("phase.refused", { n });
  if (sender.phase === "idle" && isAway) return total ? say("phase.idle") + last : "";
  return say(`phase.${sender.phase === "idle" ? "other" : sender.phase}`) + last;
}

function set(root, selector, words) {
  const part = root.querySelector(selector);
  if (part.textContent !== String(words)) part.textContent = words;
}
