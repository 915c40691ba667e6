// Before the visit is handed in: what is missing, with the way to it; the score; and the press that
// freezes it. While photos are still on their way it shows how far they are.

import { plain } from "../judgement.js";
import { shown } from "../scoring.js";
import { dayAndClock, say } from "../words.js";
import { thumbOf } from "./photo-view.js";

/**
 * @typedef {object} Standing
 * @property {object} score @property {{item: string, what: string}[]} missing
 * @property {number} corrected @property {number} practices
 * @property {number} lost photos that cannot be sent @property {number} foreign on another device
 * @property {"" | "gathering" | "sent"} sending @property {object} arrivals
 * @property {object | null} refusal the server's reason
 * @property {object | null} signature the branch's, with its `picture`, and whether it `isOutdated`
 * @property {string} [hindrance] the sender's phase, when that keeps it from sending
 */

export class Review {
  #dialog = document.getElementById("review");

  /** @param {{submit: () => void, stop: () => void, sign: () => void}} on what the buttons do */
  constructor({ submit, stop, sign }) {
    this.#get("[data-sign]")?.addEventListener("click", sign);
    this.#get("[data-submit]").addEventListener("click", submit);
    this.#get("[data-stop]").addEventListener("click", stop);
    for (const button of this.#dialog.querySelectorAll("[data-close]")) {
      button.addEventListener("click", () => this.#dialog.close());
    }
  }

  get isOpen() {
    return this.#dialog.open;
  }

  /** @param {Standing} standing */
  open(standing) {
    this.show(standing);
    if (!this.isOpen) this.#dialog.showModal();
    this.#get(".body").scrollTop = 0;
  }

  /** @param {Standing} standing */
  show(standing) {
    const { score, missing, corrected, practices, sending } = standing;
    this.#get("[data-value]").textContent = shown(score.value);
    this.#get("[data-failures]").textContent = score.failed.length;
    this.#get("[data-corrected]").textContent = corrected;
    this.#get("[data-practices]").textContent = practices;
    this.#showRemarks(standing);
    this.#showMissing(missing);
    this.#showSections(score);
    if (this.#get("[data-signature]")) this.#showSignature(standing);
    this.#get("[data-sending]").hidden = !sending;
    this.#get("[data-warning]").hidden = Boolean(sending);
    if (sending) this.#showProgress(standing);
    this.#get("[data-stop]").hidden = sending !== "gathering";
    this.#get("footer [data-close]").hidden = Boolean(sending);
    const blocked = missing.length + standing.lost + standing.foreign > 0;
    this.#get("[data-submit]").disabled = Boolean(sending) || blocked;
  }

  #showRemarks({ score, missing, lost, foreign, refusal }) {
    const remarks = [
      score.vetoPending && ["warn", say("review.veto")],
      refusal && ["error", say("review.refused", { reason: refusal.sentence ?? refusal.code })],
      lost && ["error", say("review.lost", { n: lost })],
      foreign && ["warn", say("review.foreign", { n: foreign })],
      !missing.length && !lost && !foreign && ["done", say("review.nothing_missing")],
    ].filter(Boolean);
    this.#get("[data-remarks]").replaceChildren(...remarks.map(([kind, sentence]) => {
      const remark = element("div", sentence);
      const flash = element("div", "", `flash ${kind}`);
      flash.append(remark);
      return flash;
    }));
  }

  #showMissing(missing) {
    this.#get("[data-missing]").hidden = !missing.length;
    this.#get("[data-missing] b").textContent = missing.length;
    this.#get(".todo").replaceChildren(...missing.map(({ item, what }) => {
      const link = element("a");
      link.href = `#${item}`;
      link.dataset.missing = what;
      const asked = document.getElementById(`${item}-text`)?.textContent ?? item;
      link.append(element("b", item), element("span", asked), element("em", say(`missing.${what}`)));
      const line = element("li");
      line.append(link);
      return line;
    }));
  }

  #showSignature({ signature, sending }) {
    const line = this.#get("[data-signature-state]");
    this.#get("[data-sign]").disabled = Boolean(sending);
    line.classList.toggle("warn", !signature || signature.isOutdated);
    if (!signature) return void (line.textContent = say("sign.none"));
    const { name, refusal, signed_at, picture } = signature;
    const key = refusal ? "sign.refused" : "sign.signed";
    const words = [say(key, { name, reason: refusal, time: dayAndClock(signed_at) })];
    if (signature.isOutdated) words.push(say("sign.outdated"));
    line.textContent = words.join(" ");
    const image = this.#get("[data-signature] img");
    if (image.dataset.photo === signature.signature) return;
    image.hidden = true;
    if (picture) thumbOf(picture).then((url) => {
      if (!url) return;
      Object.assign(image, { src: url, hidden: false });
      image.dataset.photo = signature.signature;
    });
  }

  #showSections(score) {
    this.#get(".by-section tbody").replaceChildren(...Object.entries(score.sections).map(([code, part]) => {
      const row = element("tr");
      const title = element("th", document.getElementById(`${code}-title`).textContent);
      title.scope = "row";
      row.append(
        title,
        element("td", `${part.total - part.unanswered}/${part.total}`),
        element("td", part.failed || "–", part.failed ? "bad" : ""),
        element("td", `${plain(part.earned)} / ${plain(part.available)}`),
      );
      return row;
    }));
  }

  #showProgress({ sending, arrivals, hindrance }) {
    const bar = this.#get("[data-sending] progress");
    bar.max = Math.max(1, arrivals.answersTotal + arrivals.photosTotal);
    bar.value = arrivals.answers + arrivals.photos;
    const key = sending === "sent" ? "review.sent" : "review.gathering";
    const words = [say(key, arrivals), hindrance && say(`phase.${hindrance}`)].filter(Boolean);
    this.#get("[data-progress-text]").textContent = words.join(" · ");
  }

  #get(selector) {
    return this.#dialog.querySelector(selector);
  }
}

function element(name, text = "", classes = "") {
  const made = document.createElement(name);
  if (text !== "") made.textContent = text;
  if (classes) made.className = classes;
  return made;
}
