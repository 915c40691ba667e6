// Somebody else, or another tablet, recorded another thing at the same item: says so there in words,
// and asks which one stands. Whatever is recorded after that decides it.

import { clock, say } from "../words.js";
import { answerOf, copyOf, correctionOf, noteOf, record } from "./recording.js";

/** @param {HTMLElement} item a checklist-item @param {object} answer with `conflicts`, or without */
export function showConflicts(item, answer) {
  const place = item.querySelector("[data-conflicts]");
  const open = Object.entries(answer.conflicts ?? {});
  if (!open.length && !place.hasChildNodes()) return;
  place.replaceChildren(...open.flatMap(([field, others]) =>
    others.map((other) => question(item, answer, field, other))));
}

function question(item, answer, field, other) {
  const copy = copyOf("conflict");
  const { by, device_at: at, value } = other;
  copy.querySelector("[data-says]").textContent =
    say("conflict.says", { by, time: clock(at), value: inWords(value) });
  for (const [selector, kept] of [["[data-mine]", answer[field]], ["[data-other]", value]]) {
    const button = copy.querySelector(selector);
    button.textContent = say("conflict.mine", { value: inWords(kept) });
    button.addEventListener("click", () => record(item, { ops: [asRecorded(item.code, field, kept)] }));
  }
  return copy;
}

function asRecorded(code, field, value) {
  if (field === "value") return answerOf(code, value);
  return field === "corrected" ? correctionOf(code, value) : noteOf(code, field, value);
}

function inWords(value) {
  if (value === null || value === "") return say("conflict.value.none");
  const isWord = ["yes", "no", "na", true, false].includes(value);
  return isWord ? say(`conflict.value.${value}`) : value;
}
