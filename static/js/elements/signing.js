// The closing page of an on-site visit: the person in charge at the branch reads what was found, and
// signs that it is so, or refuses with a reason (domain.md 2.3). No score is shown: it is not theirs yet.

import { named } from "../picture.js";
import { uuid7 } from "../uuid7.js";
import { say, watchFace } from "../words.js";
import { record } from "./recording.js";
import { SignaturePad } from "./signature-pad.js";

const WIDTH = 1000;
const THUMB_WIDTH = 320;

export class Signing {
  #dialog;
  #pad;
  #rules;
  #facts = null;

  /** @param {HTMLDialogElement} dialog @param {object[]} rules of the checklist */
  constructor(dialog, rules) {
    this.#dialog = dialog;
    this.#rules = new Map(rules.map((rule) => [rule.code, rule]));
    this.#pad = new SignaturePad(this.#get("canvas"), () => this.#say(""));
    this.#get("[data-undo]").addEventListener("click", () => this.#pad.undo());
    this.#get("[data-clear-pad]").addEventListener("click", () => this.#pad.clear());
    this.#get("[data-refuses]").addEventListener("change", () => this.#showForm());
    this.#get("[data-keep]").addEventListener("click", () => this.#keep());
    for (const button of dialog.querySelectorAll("[data-close]")) {
      button.addEventListener("click", () => dialog.close());
    }
  }

  /** @param {import("../facts.js").Facts} facts what is shown, and what is then signed */
  open(facts) {
    this.#facts = facts;
    this.#get("[data-refuses]").checked = false;
    for (const field of ["name", "remark", "refusal"]) this.#field(field).value = "";
    this.#pad.clear();
    this.#say("");
    this.#showForm();
    this.#showFacts(facts);
    this.#dialog.showModal();
    this.#get(".body").scrollTop = 0;
  }

  #showFacts({ findings, practices }) {
    const groups = {
      open: findings.filter(({ corrected }) => !corrected).map((finding) => this.#line(finding)),
      corrected: findings.filter(({ corrected }) => corrected).map((finding) => this.#line(finding)),
      practices: practices.map((text) => element("li", text)),
    };
    for (const [name, lines] of Object.entries(groups)) {
      const part = this.#get(`[data-${name}]`);
      part.querySelector("b").textContent = lines.length;
      part.querySelector("ol").replaceChildren(...lines);
      part.querySelector(".quiet").hidden = lines.length > 0;
    }
  }

  #line({ item, value, place, note }) {
    const line = element("li", document.getElementById(`${item}-text`).textContent);
    const seen = [observed(this.#rules.get(item), value), place, note].filter(Boolean).join(" · ");
    line.append(element("small", [item, seen].filter(Boolean).join(" · ")));
    return line;
  }

  #showForm() {
    const refuses = this.#get("[data-refuses]").checked;
    this.#get("[data-pad]").hidden = refuses;
    this.#get("[data-refusal]").hidden = !refuses;
    this.#get("[data-keep]").textContent = say(refuses ? "sign.keep_refusal" : "sign.keep");
    this.#say("");
  }

  async #keep() {
    const refuses = this.#get("[data-refuses]").checked;
    const said = Object.fromEntries(["name", "remark", "refusal"]
      .map((field) => [field, this.#field(field).value.trim()]));
    if (refuses && !said.refusal) return this.#ask("refusal", "sign.reason_needed");
    if (!refuses && !said.name) return this.#ask("name", "sign.name_needed");
    if (!refuses && this.#pad.isEmpty) return this.#say(say("sign.stroke_needed"));
    const keep = this.#get("[data-keep]");
    keep.disabled = true;
    try {
      await this.#record(refuses ? said : { ...said, refusal: "" }, refuses ? null : uuid7());
      this.#dialog.close();
    } catch {
      this.#say(say("sign.no_room"));
    } finally {
      keep.disabled = false;
    }
  }

  /** The picture travels as a photo; who signed what is an entry of its own, in the same action. */
  async #record(said, photo) {
    const signed_at = new Date().toISOString();
    const payload = { signature: uuid7(), photo, ...said, ...this.#facts, signed_at };
    const sign = { kind: "visit.sign", payload };
    if (!photo) return record(this.#dialog, { ops: [sign] });
    const type = "image/png";
    const thumb = await this.#pad.picture(THUMB_WIDTH, "image/jpeg");
    const kept = await named(await this.#pad.picture(WIDTH, type), thumb, type);
    const of = { item: null, practice: null, stage: "signature", caption: "" };
    const taken = { taken_at: signed_at, taken_from: "clock" };
    const add = { kind: "photo.add", payload: { photo, sha256: kept.sha256, ...of, ...taken } };
    return record(this.#dialog, { ops: [add, sign], blobs: [kept] });
  }

  #ask(field, key) {
    this.#say(say(key));
    this.#field(field).focus();
  }

  #say(sentence) {
    const line = this.#get(".error");
    line.textContent = sentence;
    line.hidden = !sentence;
  }

  #field(name) {
    return this.#get(`[data-field="${name}"]`);
  }

  #get(selector) {
    return this.#dialog.querySelector(selector);
  }
}

/** What was counted or timed; that something does not comply, the list itself says. */
function observed({ type, unit, max }, value) {
  if (type === "number") return `${value}${unit ?? ""}`;
  if (type === "score") return `${value}/${max}`;
  return type === "duration" ? watchFace(value * 1000).slice(0, -2) : "";
}

function element(name, text) {
  return Object.assign(document.createElement(name), { textContent: text });
}
