// What the branch is shown before it signs: what does not comply, and good practice. The twin of facts()
// in inspector/visits/signatures.py. No DOM.

/**
 * @typedef {object} Facts
 * @property {{item: string, value: string, place: string, note: string, corrected: boolean}[]} findings
 * @property {string[]} practices
 */

/**
 * @param {object[]} rules @param {import("./state.js").VisitState} state @param {object} score
 * @returns {Facts}
 */
export function factsOf(rules, state, score) {
  const failed = new Set(score.failed);
  const findings = rules.filter(({ code }) => failed.has(code)).map(({ code }) => {
    const { value, place, note, corrected } = state.answer(code);
    return { item: code, value, place: place.trim(), note: note.trim(), corrected };
  });
  const kept = [...state.practices.values()].filter(({ removed }) => !removed);
  return { findings, practices: kept.map(({ text }) => text.trim()).sort() };
}

/** Whether what was signed is not what stands there now. @param {Facts} signed @param {Facts} now */
export function isOutdated(signed, now) {
  const plain = ({ findings, practices }) => JSON.stringify([
    findings.map(({ item, value, place, note, corrected }) => [item, value, place, note, corrected]),
    [...practices].sort(),
  ]);
  return plain(signed) !== plain(now);
}
