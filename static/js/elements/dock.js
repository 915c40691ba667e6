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
  set(dock, "[data-arrivals]", say(loading ? "phase.loading" : total ? "dock.arrivals" : "dock.nothing", arrivals));
  set(dock, "[data-why]", loading ? "" : phaseOf({ arrivals, sender, saving, total }));
  dock.dataset.phase = sender.phase;
  set(dock, "[data-failed] b", score.failed.length);
  const complete = score.unanswered.length === 0;
  set(dock, "[data-next]", `${say(complete ? "dock.review" : "dock.next")} ›`);
  dock.querySelector("[data-next]").dataset.complete = complete;
}

function phaseOf({ arrivals, sender, saving, total }) {
  const { troubled: n } = arrivals;
  const left = arrivals.unsent + arrivals.photosTotal - arrivals.photos - n;
  const last = sender.lastSuccess ? ` · ${say("phase.last", { time: clock(sender.lastSuccess) })}` : "";
  if (saving) return say("phase.saving");
  if (sender.phase === "idle" && !left && n) return say("phase.trouble", { n });
  if (sender.phase === "idle" && !left) return total ? say("phase.idle") + last : "";
  return say(`phase.${sender.phase === "idle" ? "other" : sender.phase}`) + last;
}

function set(root, selector, words) {
  const part = root.querySelector(selector);
  if (part.textContent !== String(words)) part.textContent = words;
}
