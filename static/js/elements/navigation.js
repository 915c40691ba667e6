// Which items are on the screen: one section, or what is unanswered, or what failed; and the way to
// the next one. Nothing vanishes under the finger: a list is made when it is asked for, not again
// with each answer.

import { nextOf } from "../completeness.js";

export class Navigation {
  /** @param {object[]} rules @param {() => {unanswered: string[], failed: string[]}} score */
  constructor(rules, score) {
    this.#rules = rules;
    this.#score = score;
    this.#parts = [...document.querySelectorAll("[data-section]")];
    this.#filters = [...document.querySelectorAll("[data-filter]")];
    this.#chips = document.querySelector("nav.sections");
  }

  #rules;
  #score;
  #parts;
  #filters;
  #chips;
  #filter = "section";
  #current = null;

  /** Make the buttons and links work, and open what the address names. */
  arm() {
    document.addEventListener("click", (event) => this.#follow(event));
    for (const type of ["focusin", "pointerdown"]) {
      document.addEventListener(type, ({ target }) => {
        this.#current = target.closest?.("[data-item]")?.dataset.item ?? this.#current;
      }, { passive: true });
    }
    for (const button of this.#filters) {
      button.disabled = false;
      button.addEventListener("click", () => this.filter(button.dataset.filter));
    }
    const head = document.querySelector(".visit-top");
    new ResizeObserver(() => {
      document.documentElement.style.setProperty("--head", `${head.offsetHeight}px`);
    }).observe(head);
    this.#go(decodeURIComponent(location.hash.slice(1)));
  }

  /** Bring the next unanswered item into sight. @returns {boolean} whether there is one */
  next() {
    const code = nextOf(this.#rules, this.#score().unanswered, this.#current);
    if (code) this.open(code);
    return code !== null;
  }

  /** Show failed items from all sections, or go back to the section. */
  toggleFailed() {
    this.filter(this.#filter === "failed" ? "section" : "failed");
  }

  /** @param {"section" | "unanswered" | "failed"} filter */
  filter(filter) {
    this.#filter = filter;
    const wanted = filter === "section" ? null : new Set(this.#score()[filter]);
    for (const part of this.#parts) {
      const items = [...part.querySelectorAll("[data-item]")];
      const isWanted = (item) => wanted.has(item.dataset.item);
      for (const item of items) item.toggleAttribute("data-away", wanted !== null && !isWanted(item));
      const isHere = wanted ? items.some(isWanted) : part.dataset.section === this.#section;
      part.toggleAttribute("data-away", !isHere);
    }
    document.body.dataset.showing = filter;
    document.querySelector("[data-nothing]").hidden = wanted === null || wanted.size > 0;
    for (const button of this.#filters) {
      button.setAttribute("aria-pressed", String(button.dataset.filter === filter));
    }
    document.querySelector("[data-failed]").setAttribute("aria-pressed", String(filter === "failed"));
    this.#markChip();
    scrollTo(0, 0);
  }

  /** Bring an item into sight, with its section. @param {string} code */
  open(code) {
    const item = document.getElementById(code);
    const part = item.closest("[data-section]");
    if (item.hasAttribute("data-away") || part.hasAttribute("data-away")) {
      this.#section = part.dataset.section;
      this.filter("section");
    }
    this.#current = code;
    item.scrollIntoView({ block: "start" });
    item.focus({ preventScroll: true });
  }

  #section = document.querySelector?.("[data-section]")?.dataset.section;

  #follow(event) {
    const link = event.target.closest?.('a[href^="#"]');
    if (!link || event.ctrlKey || event.metaKey || link.classList.contains("skip")) return;
    event.preventDefault();
    link.closest("dialog")?.close();
    this.#go(decodeURIComponent(link.hash.slice(1)));
  }

  #go(name) {
    const target = name ? document.getElementById(name) : null;
    if (target?.matches("[data-item]")) this.open(name);
    else if (target?.matches("[data-section]")) {
      this.#section = name;
      this.filter("section");
    } else return;
    history.replaceState(null, "", `#${name}`);
  }

  #markChip() {
    for (const chip of this.#chips.querySelectorAll("[data-chip]")) {
      const current = this.#filter === "section" && chip.dataset.chip === this.#section;
      if (!current) chip.removeAttribute("aria-current");
      else {
        chip.setAttribute("aria-current", "true");
        const left = chip.offsetLeft - (this.#chips.clientWidth - chip.offsetWidth) / 2;
        this.#chips.scrollTo({ left, behavior: "instant" });
      }
    }
  }
}
