// What an operation changes in a visit as the tablet knows it: the one place that says so. No DOM, no
// database.

/** An answer nobody has given yet. */
export const BLANK = Object.freeze({
  value: null, note: "", place: "", corrected: false, no_photo_reason: "", rev: 0,
});

/**
 * @typedef {object} Op an operation as it travels (offline.md 4.3); stream and seq come when stored
 * @property {string} op_id @property {string} kind @property {string} visit @property {object} payload
 * @property {string} at device time, ISO @property {number} tz minutes, as getTimezoneOffset
 * @property {string} tpl checklist and version @property {1} v
 * @property {string} [stream] @property {number} [seq]
 *
 * @typedef {object} Rows a visit in memory
 * @property {string | null} startedAt
 * @property {Map<string, object>} answers by item code
 * @property {Map<string, object>} photos @property {Map<string, object>} practices
 * @property {object | null} signature the branch's latest, or its refusal
 */

/** A visit as it was kept, or one of which nothing is known. @returns {Rows} */
export function toRows(kept = {}) {
  const { startedAt = null, answers = [], photos = [], practices = [], signature = null } = kept;
  const byId = (rows) => new Map(rows.map((row) => [row.id, row]));
  const byItem = new Map(answers.map((row) => [row.item, row]));
  return { startedAt, answers: byItem, photos: byId(photos), practices: byId(practices), signature };
}

/** Do what an operation says. @param {Rows} rows @param {Op} op */
export function apply(rows, op) {
  if (op.kind === "visit.start") rows.startedAt ??= op.at;
  if (op.kind === "visit.sign") rows.signature = { ...op.payload };
  const change = effect(op);
  if (!change) return;
  const { table, id, patch } = change;
  const row = { ...(rows[table].get(id) ?? blankOf(table, id)), ...patch };
  if (row.conflicts && op.payload.base >= row.rev) row.conflicts = without(row.conflicts, Object.keys(patch));
  rows[table].set(id, row);
}

/** Whoever records in knowledge of a conflict decides it. */
const without = (conflicts, decided) =>
  Object.fromEntries(Object.entries(conflicts).filter(([field]) => !decided.includes(field)));

function blankOf(table, id) {
  if (table === "answers") return { ...BLANK, item: id };
  return table === "photos" ? { id, removed: false, received: false } : { id, removed: false };
}

/** The row that an operation touches, and how; null for one that touches none. */
function effect({ kind, payload }) {
  const { item, photo, practice } = payload;
  switch (kind) {
    case "answer.set":
      return { table: "answers", id: item, patch: { value: payload.value } };
    case "note.set":
      return { table: "answers", id: item, patch: { [payload.field]: payload.text } };
    case "correction.set":
      return { table: "answers", id: item, patch: { corrected: payload.corrected } };
    case "photo.add": {
      const { photo: id, ...rest } = payload;
      return { table: "photos", id, patch: rest };
    }
    case "photo.caption":
      return { table: "photos", id: photo, patch: { caption: payload.caption } };
    case "entry.discard":
      return photo ? { table: "photos", id: photo, patch: { removed: true } } : null;
    case "photo.remove":
      return { table: "photos", id: photo, patch: { removed: true } };
    case "practice.set":
      return {
        table: "practices", id: practice,
        patch: { section: payload.section, text: payload.text, removed: false },
      };
    case "practice.remove":
      return { table: "practices", id: practice, patch: { removed: true } };
    default:
      return null;
  }
}

/** Whether a later operation says again, or says otherwise, what an earlier one said. */
export function supersedes(later, earlier) {
  return later.kind === earlier.kind && later.visit === earlier.visit &&
    ["item", "field", "photo", "practice"].every((key) => later.payload[key] === earlier.payload[key]);
}
