// What an entry says, in words: for the page of unsent work, and for the page in a file of it that
// people read without this app. No DOM.

import { dayAndClock, say } from "./words.js";

/** @typedef {{title: string, outlet: string, items: Record<string, string>}} About a visit in words */

/**
 * One entry in words.
 * @param {{kind: string, payload: object}} op
 * @returns {string}
 */
export function tell({ kind, payload }) {
  switch (kind) {
    case "answer.set":
      return payload.value === null ? say("entry.cleared") : say("entry.answer", { value: value(payload.value) });
    case "note.set":
      return say(`entry.${payload.field}`, { text: payload.text });
    case "correction.set":
      return say(payload.corrected ? "entry.corrected" : "entry.not_corrected");
    case "photo.caption":
      return say("entry.photo.caption", { text: payload.caption });
    case "practice.set":
      return say("entry.practice.set", { text: payload.text });
    case "entry.discard":
      return say("entry.entry.discard", { reason: payload.reason });
    case "visit.sign":
      return payload.refusal ? say("entry.refused", { text: payload.refusal }) : say("entry.signed", payload);
    case "photo.add": case "photo.remove": case "practice.remove": case "visit.begin": case "visit.start": case "visit.submit":
      return say(`entry.${kind}`);
    default:
      return `${kind} ${JSON.stringify(payload)}`; // of a later version: better in its own words than not
  }
}

/** The item that an entry is about, in words; "" for one about the whole visit. @param {About} about */
export function itemOf({ payload }, about) {
  const { item } = payload;
  return item ? `${item} ${about?.items[item] ?? ""}`.trim() : "";
}

const value = (given) => (["yes", "no", "na"].includes(given) ? say(`value.${given}`) : given);

/**
 * The page in a file of unsent work: all that was recorded, readable without this app.
 * @param {object} of
 * @param {string} of.name whose work it is @param {number} of.at when it was saved
 * @param {string} of.language
 * @param {{about: About, entries: object[], refused: object[]}[]} of.visits
 * @param {(sha256: string) => string | undefined} of.photo its name in the file, when it is there
 * @returns {string} HTML
 */
export function readMe({ name, at, language, visits, photo }) {
  const row = (op, about) => {
    const { sha256 } = op.payload;
    const file = sha256 && photo(sha256);
    const picture = file ? `<br><img src="${escape(file)}" alt="" width="320">` : "";
    const lost = sha256 && !file ? `<br>${escape(say("readme.no_photo"))}` : "";
    const why = op.reason ? `<br><b>${escape(say("readme.refused", { reason: sentenceOf(op) }))}</b>` : "";
    const cells = [escape(dayAndClock(op.at)), escape(itemOf(op, about)), escape(tell(op)) + picture + lost + why];
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  };
  const heads = ["time", "item", "entry"].map((key) => `<th>${escape(say(`readme.${key}`))}</th>`).join("");
  const parts = visits.map(({ about, entries, refused }) => {
    const rows = [...entries, ...refused].sort((a, b) => (a.at < b.at ? -1 : 1)).map((op) => row(op, about));
    return `<h2>${escape(about.title)}</h2>\n<table border="1" cellpadding="6">\n<tr>${heads}</tr>\n${rows.join("\n")}\n</table>`;
  });
  const title = escape(say("readme.title", { name }));
  return `<!DOCTYPE html>\n<html lang="${language}">\n<meta charset="utf-8">\n<title>${title}</title>\n<h1>${title}</h1>\n` +
    `<p>${escape(say("readme.about", { time: dayAndClock(at) }))}</p>\n${parts.join("\n")}\n</html>\n`;
}

/** Why the server refused an entry. */
export const sentenceOf = ({ reason }) => reason?.sentence ?? reason?.code ?? "";

const escape = (text) =>
  String(text).replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);
