// What still stands between a visit and its submission: the twin of inspector/visits/completeness.py
// (domain.md 3.2). No DOM.

import { RECEIVED } from "./state.js";

/**
 * @typedef {object} Missing
 * @property {string} item
 * @property {"answer" | "photo" | "after_photo"} what
 */

/**
 * Unanswered items; failed ones without the photo they need or a reason why there is none; and
 * corrections on the spot without a photo of the result. What a failed gate skips is not asked for.
 * @param {object[]} rules
 * @param {import("./state.js").VisitState} state
 * @param {{unanswered: string[], failed: string[]}} score
 * @returns {Missing[]} in the order of the checklist
 */
export function missing(rules, state, score) {
  const unanswered = new Set(score.unanswered);
  const failed = new Set(score.failed);
  return rules.flatMap((rule) => {
    if (unanswered.has(rule.code)) return [{ item: rule.code, what: "answer" }];
    return failed.has(rule.code) ? missingPhotos(rule, state) : [];
  });
}

/**
 * The photos that a failed item still needs.
 * @param {object} rule
 * @param {import("./state.js").VisitState} state
 * @returns {Missing[]}
 */
export function missingPhotos(rule, state) {
  const answer = state.answer(rule.code);
  if (!rule.photo_on_fail || answer.no_photo_reason.trim()) return [];
  const has = (stage) => state.photosOf({ item: rule.code, stage }).length > 0;
  return [
    ...(has("before") ? [] : [{ item: rule.code, what: "photo" }]),
    ...(answer.corrected && !has("after") ? [{ item: rule.code, what: "after_photo" }] : []),
  ];
}

/**
 * The next of `codes` behind `from` in the checklist, from the start again after the end.
 * @param {object[]} rules
 * @param {Iterable<string>} codes
 * @param {string | null} from
 * @returns {string | null}
 */
export function nextOf(rules, codes, from) {
  const wanted = new Set(codes);
  const start = rules.findIndex((rule) => rule.code === from) + 1;
  const turned = [...rules.slice(start), ...rules.slice(0, start)];
  return turned.find((rule) => wanted.has(rule.code))?.code ?? null;
}

/**
 * How much of what was recorded has arrived, for “received 90/96 · photos 16/20”.
 * @param {object[]} rules
 * @param {import("./state.js").VisitState} state
 */
export function arrivals(rules, state) {
  const recorded = rules.filter((rule) => state.answers.has(rule.code)).map((rule) => rule.code);
  const unsent = [...[...state.pending.values()].map(({ op }) => op), ...state.rejected];
  const pending = new Set(unsent.map(({ payload }) => payload.item));
  const photos = state.photosOf({});
  return {
    answers: recorded.filter((code) => !pending.has(code)).length,
    answersTotal: recorded.length,
    photos: photos.filter((photo) => state.markOf(photo) === RECEIVED).length,
    photosTotal: photos.length,
    waiting: photos.filter((photo) => !photo.received && !photo.trouble).length,
    refused: photos.filter((photo) => photo.trouble).length + state.rejected.length,
    unsent: state.pending.size,
  };
}
