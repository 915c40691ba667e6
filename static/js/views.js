// What the parts of the page show, made of what is known. No DOM.

import { arrivals, missing, missingPhotos } from "./completeness.js";
import { factsOf, isOutdated } from "./facts.js";

/**
 * One view for each item, in the order of the checklist.
 * @param {object[]} rules @param {import("./state.js").VisitState} state @param {object} score
 * @returns {import("./elements/checklist-item.js").ItemView[]}
 */
export function itemViews(rules, state, score) {
  const marks = state.marks();
  const failed = new Set(score.failed);
  const withPhotos = new Set([...state.photos.values()].map((photo) => photo.item));
  return rules.map((rule) => {
    const item = rule.code;
    const photos = (stage) => (withPhotos.has(item) ? state.photosOf({ item, stage }) : []);
    const isFailed = failed.has(item);
    return {
      answer: state.answer(item),
      mark: marks.get(item) ?? "",
      failed: isFailed,
      skipped: score.skipped.has(item),
      needs: isFailed ? missingPhotos(rule, state).map(({ what }) => what) : [],
      before: photos("before"),
      after: photos("after"),
    };
  });
}

/**
 * Where the visit stands before it is handed in.
 * @param {object[]} rules @param {import("./state.js").VisitState} state @param {object} score
 * @param {{running: string[], submitting: boolean, refusal: object | null}} now items whose stopwatch
 *   runs, whether the inspector wants to submit, why the server refused
 * @returns {import("./elements/review.js").Standing}
 */
export function standing(rules, state, score, { running, submitting, refusal }) {
  const photos = state.photosOf({});
  const handedOver = [...state.pending.values()].some(({ op }) => op.kind === "visit.submit");
  return {
    score,
    missing: once([
      ...missing(rules, state, score),
      ...[...state.answers].filter(([, answer]) => isDisputed(answer)).map(([item]) => ({ item, what: "conflict" })),
      ...running.map((item) => ({ item, what: "running" })),
      ...(refusal?.missing ?? []),
    ]),
    corrected: score.failed.filter((code) => state.answer(code).corrected).length,
    practices: [...state.practices.values()].filter(({ removed }) => !removed).length,
    lost: photos.filter((photo) => photo.trouble).length,
    foreign: photos.filter((photo) => photo.foreign && !photo.received && !photo.trouble).length,
    sending: handedOver ? "sent" : submitting ? "gathering" : "",
    arrivals: arrivals(rules, state),
    refusal,
    signature: state.signature && {
      ...state.signature,
      picture: state.photos.get(state.signature.photo),
      isOutdated: isOutdated(state.signature, factsOf(rules, state, score)),
    },
  };
}

const isDisputed = ({ conflicts = {} }) => Object.keys(conflicts).length > 0;

const once = (gaps) => [...new Map(gaps.map((gap) => [`${gap.item} ${gap.what}`, gap])).values()];
