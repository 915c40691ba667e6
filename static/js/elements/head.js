// The sticky header: the score so far, how much is answered, the sections.

import { dayAndClock, say, watchFace } from "../words.js";

let headShown = "";

/**
 * @param {object} of
 * @param {object} of.score from scoring.js @param {string} of.shown the score in words
 * @param {import("../state.js").VisitState} of.state @param {object[]} of.rules
 */
export function showHead({ score, shown, state, rules }) {
  const practices = [...state.practices.values()].filter(({ removed }) => !removed).length;
  const since = state.startedAt;
  const known = `${state.turn} ${since} ${practices}`;
  if (known === headShown) return;
  headShown = known;
  const done = rules.length - score.unanswered.length;
  text("[data-score]", shown);
  text("[data-answered]", say("head.items", { done, all: rules.length }));
  document.querySelector(".visit-top [data-progress]").value = done;
  text("[data-started]", since ? say("head.started", { time: dayAndClock(since) }) : say("head.fresh"));
  text('[data-filter="unanswered"] b', score.unanswered.length || "");
  text('[data-filter="failed"] b', score.failed.length || "");
  for (const [code, part] of Object.entries(score.sections)) {
    const chip = document.querySelector(`[data-chip="${code}"]`);
    const answered = part.total - part.unanswered;
    chip.querySelector("small").textContent = `${answered}/${part.total}`;
    chip.querySelector("i").textContent = part.unanswered ? "" : "✓";
    chip.querySelector("b").textContent = part.failed ? `✕${part.failed}` : "";
  }
  text('[data-chip="practices"] small', practices || "");
}

function text(selector, words) {
  const part = document.querySelector(selector);
  if (part.textContent !== String(words)) part.textContent = words;
}

/** The stopwatch that runs where it cannot be seen, as a chip that leads to it. @param {object[]} watches */
export function showRunning(watches) {
  const chip = document.querySelector("[data-running]");
  const [watch] = watches;
  chip.hidden = !watch;
  if (!watch) return;
  const item = watch.closest("[data-item]").dataset.item;
  chip.href = `#${item}`;
  chip.textContent = say("watch.running", { item, time: watchFace(watch.elapsed).slice(0, -2) });
}
