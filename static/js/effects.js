// What an operation changes on the tablet: the one place that says so, for the page's memory and for
// IndexedDB alike. No DOM, no database.

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
 * @typedef {object} Effect
 * @property {"answers" | "photos" | "practices" | "visits"} table
 * @property {string} id item code, or id of photo, practice or visit
 * @property {object} patch the fields that change
 */

/**
 * The row that an operation touches, and how.
 * @param {Op} op
 * @returns {Effect | null} null for an operation that only the server acts on
 */
export function effect({ kind, visit, payload, at }) {
  const { item, photo, practice } = payload;
  switch (kind) {
    case "visit.start":
      return { table: "visits", id: visit, patch: { started_at: at } };
    case "answer.set":
      return { table: "answers", id: item, patch: { value: payload.value } };
    case "note.set":
      return { table: "answers", id: item, patch: { [payload.field]: payload.text } };
    case "correction.set":
      return { table: "answers", id: item, patch: { corrected: payload.corrected } };
    case "photo.add": {
      const { photo: id, ...rest } = payload;
      return { table: "photos", id, patch: { ...rest, removed: false, received: false } };
    }
    case "photo.caption":
      return { table: "photos", id: photo, patch: { caption: payload.caption } };
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
