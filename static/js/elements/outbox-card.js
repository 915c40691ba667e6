// What the list of visits says of this tablet: what waits to be sent, and that there is a new version.

import { isInSafariTab } from "../unsent.js";
import { say } from "../words.js";

const NOTHING = { entries: 0, photos: 0 };
const NONE = { refused: 0, gaps: 0 };

/**
 * @param {object} of
 * @param {string} of.phase of the sender, or "no_store", "no_seal", "locked"
 * @param {string} [of.sentence] the server's @param {import("../unsent.js").Unsent} [of.unsent]
 * @param {{refused: number, gaps: number}} [of.troubles] what to look at on the page of unsent work
 * @param {import("../unsent.js").Unsent[]} [of.others] of other people, on this tablet
 * @param {object} [of.progress] from progress.js
 */
export function showOutbox(of) {
  const { phase, sentence = "", unsent = NOTHING, troubles = NONE, others = [], progress } = of;
  const isSome = unsent.entries + unsent.photos > 0;
  const card = document.querySelector("[data-outbox]");
  card.dataset.phase = phase;
  const numbers = say("outbox.unsent", unsent);
  const calm = phase === "idle" && !isSome;
  write("[data-unsent]", isSome ? numbers : calm ? say("outbox.none") : "");
  write("[data-why]", calm ? "" : `${say(`outbox.${phase === "idle" ? "other" : phase}`)} ${sentence}`);
  const isBegun = isSome && progress.entries + progress.photos > 0;
  write("[data-sent]", isBegun ? say("outbox.sent", progress) : "");
  write("[data-volatile]", isSome && isInSafariTab() ? say("outbox.safari_tab") : "");
  const { refused, gaps } = troubles;
  const words = [refused && say("outbox.refused", { n: refused }), gaps && say("outbox.gaps")];
  write("[data-troubles]", words.filter(Boolean).join(" · "));
  const ofOthers = (other) => say(other.name ? "outbox.other_person" : "outbox.others", other);
  write("[data-others]", others.map(ofOthers).join(" "));
  card.querySelector("[data-send]").hidden = !isSome;
  card.querySelector("[data-pause]").hidden = !isSome || !["sending", "waiting"].includes(phase);
  card.querySelector("[data-sign-in]").hidden = phase !== "sign_in";
}

/** @param {"waiting" | "unsent" | "visit_open" | "updating"} what @param {() => void} [update] */
export function showVersion(what, update) {
  const box = document.querySelector("[data-version]");
  box.dataset.version = what;
  box.hidden = false;
  box.querySelector("[data-version-says]").textContent = say(`version.${what}`);
  if (update) box.querySelector("button").onclick = update;
}

function write(selector, words) {
  const part = document.querySelector(selector);
  if (part.textContent !== words) part.textContent = words; // it is read aloud when it changes
}
