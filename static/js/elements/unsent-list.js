// What the page of unsent work shows: how much, what is missing, and each visit with its entries.

import { itemOf, sentenceOf, tell } from "../telling.js";
import { hopeless } from "../work.js";
import { dayAndClock, say } from "../words.js";

/** @param {{phase: string, sentence?: string, unsent?: {entries: number, photos: number}, refused?: number}} of */
export function showSummary({ phase, sentence = "", unsent = { entries: 0, photos: 0 }, refused = 0 }) {
  const isSome = unsent.entries + unsent.photos > 0;
  const isKnown = !["no_store", "locked", "loading"].includes(phase);
  const numbers = [
    isSome ? say("unsent.some", unsent) : isKnown ? say("unsent.none") : "",
    refused ? say("unsent.refused", { n: refused }) : "",
  ];
  write("[data-unsent]", numbers.filter(Boolean).join(" "));
  write("[data-why]", `${say(`unsent.${phase}`)} ${sentence}`.trim());
  document.querySelector("[data-sign-in]").hidden = !["sign_in", "locked"].includes(phase);
}

/** Entries that are nowhere any more. @param {{at: number, first: number, last: number}[]} gaps */
export function showGaps(gaps) {
  const lines = gaps.map(({ at, first, last }) => {
    const flash = document.createElement("div");
    const text = document.createElement("div");
    flash.className = "flash error";
    text.textContent = say("unsent.gap", { time: dayAndClock(at), first, last });
    flash.append(text);
    return flash;
  });
  document.querySelector("[data-gaps]").replaceChildren(...lines);
}

/**
 * @param {import("../work.js").VisitWork[]} visits
 * @param {{save: (part: object) => void, discard: (part: object) => void}} act
 */
export function showVisits(visits, act) {
  const box = document.querySelector("[data-visits]");
  const opened = new Set([...box.querySelectorAll("details[open]")].map((part) => part.dataset.visit));
  box.replaceChildren(...visits.map((part) => visitCard(part, act, opened.has(part.visit))));
}

function visitCard(part, act, isOpen) {
  const card = document.importNode(document.getElementById("unsent-visit").content, true);
  const find = (selector) => card.querySelector(selector);
  const given = hopeless(part).length;
  const photos = part.photos.filter(({ trouble }) => !trouble);
  find("section").dataset.visit = part.visit;
  find("[data-title]").textContent = part.about.title;
  find("[data-numbers]").textContent =
    say("unsent.numbers", { entries: part.entries.length, photos: photos.length, hopeless: given });
  find("[data-refused]").append(...hopeless(part).map((what) => refusedLine(what, part.about)));
  const waiting = find("[data-waiting]");
  waiting.dataset.visit = part.visit;
  waiting.open = isOpen;
  waiting.hidden = part.entries.length === 0;
  waiting.querySelector("summary").textContent = say("unsent.waiting_list", { n: part.entries.length });
  waiting.querySelector("ul").append(...part.entries.map((op) => line(words(op, part.about))));
  find("[data-save]").addEventListener("click", () => act.save(part));
  find("[data-discard]").hidden = given === 0;
  find("[data-discard]").addEventListener("click", () => act.discard(part));
  return card;
}

function refusedLine(what, about) {
  if (what.trouble) {
    const photo = { kind: "photo.add", payload: what, at: what.taken_at };
    const isLost = what.trouble.code === "photo.lost";
    const why = isLost ? say("unsent.lost_photo") : say("unsent.why", { reason: sentenceOf({ reason: what.trouble }) });
    return line(words(photo, about), why);
  }
  return line(words(what, about), say("unsent.why", { reason: sentenceOf(what) }));
}

function words(op, about) {
  const item = itemOf(op, about);
  const told = { time: dayAndClock(op.at), item, what: tell(op) };
  return say(item ? "unsent.line_item" : "unsent.line", told);
}

function line(text, why = "") {
  const item = document.createElement("li");
  item.textContent = text;
  if (why) {
    const reason = document.createElement("b");
    reason.textContent = why;
    item.append(reason);
  }
  return item;
}

function write(selector, text) {
  const part = document.querySelector(selector);
  if (part.textContent !== text) part.textContent = text; // it is read aloud when it changes
}
