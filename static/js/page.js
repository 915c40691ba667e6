// The page of one visit: what is known goes to the parts that show it, what they record goes to the
// recorder, and the sender is told.

import { leaveQuietly } from "./closing.js";
import { arrivals } from "./completeness.js";
import { showAlerts } from "./elements/alerts.js";
import "./elements/checklist-item.js";
import { showDock } from "./elements/dock.js";
import "./elements/good-practices.js";
import { showHead, showRunning } from "./elements/head.js";
import { Navigation } from "./elements/navigation.js";
import { page } from "./elements/recording.js";
import { Review } from "./elements/review.js";
import { Signing } from "./elements/signing.js";
import { factsOf } from "./facts.js";
import { Outbox } from "./outbox.js";
import { Progress } from "./progress.js";
import { Recorder } from "./recorder.js";
import { rescue } from "./rescue.js";
import { score, shown } from "./scoring.js";
import { Sender } from "./sender.js";
import { TABLET, UNSAVED, VisitState } from "./state.js";
import { isInSafariTab } from "./unsent.js";
import { itemViews, standing } from "./views.js";

export class VisitPage {
  /**
   * @param {object} snapshot the server's @param {import("./store.js").Store} store
   * @param {object} rows what the store loaded
   */
  constructor(snapshot, store, rows) {
    this.visit = { id: snapshot.visit.id, tpl: snapshot.tpl };
    this.rules = snapshot.rules;
    this.state = new VisitState(rows);
    this.submitting = rows.submitting;
    this.watches = rows.timers;
    Object.assign(page, { visit: this.visit.id, store, state: this.state });
    this.sender = new Sender(new Outbox(store));
    this.recorder = new Recorder({
      store, state: this.state, visit: this.visit,
      onchange: () => this.refresh(),
      onwritten: () => this.sender.kick(),
      rescue: (action) => rescue(store, action),
      onrescued: () => this.onrescued(),
    });
    this.sender.onchange = () => {
      if (this.sender.phase === "idle" && !this.hasUnsent) this.#progress.reset();
      this.refresh();
    };
    store.onnews = (news) => this.#hear(news);
    this.score = score(this.rules, this.state.values());
    this.navigation = new Navigation(this.rules, () => this.score);
    const dialog = document.getElementById("signing"); // on site only: elsewhere nobody is there to sign
    this.signing = dialog && new Signing(dialog, this.rules);
    this.review = new Review({
      submit: () => this.#submit(),
      stop: () => this.#stopSubmitting(),
      sign: () => this.signing.open(factsOf(this.rules, this.state, this.score)),
    });
  }

  /** Told that this document has lost the database. */
  onrescued = () => {};

  refusal = null;
  #progress = new Progress();
  #items = [];
  #scheduled = false;
  #scoredAt = 0;

  /** Show what there is, make the controls work, begin to send. */
  arm() {
    this.#items = [...document.querySelectorAll("checklist-item")];
    const rules = new Map(this.rules.map((rule) => [rule.code, rule]));
    for (const item of this.#items) item.arm(rules.get(item.code), this.watches[item.code]);
    this.practices = document.querySelector("good-practices");
    this.practices.arm();
    this.#show();
    this.navigation.arm();
    this.#armButtons();
    this.sender.start();
    setInterval(() => this.#showRunning(), 1000);
    if (this.submitting) this.openReview();
    document.body.dataset.armed = ""; // for tests and for print: the page shows what there is
  }

  /** Show what has changed, once a frame; in a tab that has no frames, a little later. */
  refresh() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const show = () => {
      clearTimeout(timer);
      cancelAnimationFrame(frame);
      this.#scheduled = false;
      this.#show();
    };
    const frame = requestAnimationFrame(show);
    const timer = setTimeout(show, 100);
  }

  openReview() {
    this.review.open(this.#standing());
  }

  /** Whether something of this visit is not with the server yet. */
  get hasUnsent() {
    const { state } = this;
    const waits = (photo) => !photo.removed && !photo.received && !photo.foreign;
    return Boolean(this.submitting || state.pending.size || [...state.photos.values()].some(waits));
  }

  #show() {
    const { state, rules, sender } = this;
    if (this.#scoredAt !== state.turn) {
      this.score = score(rules, state.values());
      this.#scoredAt = state.turn;
    }
    const views = itemViews(rules, state, this.score);
    for (const [n, item] of this.#items.entries()) item.show(views[n]);
    this.practices.show();
    showHead({ score: this.score, shown: shown(this.score.value), state, rules });
    const arrived = arrivals(rules, state);
    showDock({ arrivals: arrived, sender, saving: this.recorder.open, score: this.score });
    const isUnsaved = [...state.pending.values()].some(({ mark }) => mark === UNSAVED);
    const unsaved = isUnsaved ? (this.recorder.isFull ? "alert.full" : "alert.unsaved") : "";
    document.querySelector("[data-volatile]").hidden = !(this.hasUnsent && isInSafariTab());
    showAlerts({ unsaved, sender, rejected: state.rejected });
    for (const part of document.querySelectorAll(".part")) part.inert = Boolean(this.submitting);
    if (this.review.isOpen) this.review.show(this.#standing());
  }

  #standing() {
    const running = this.#running.map((watch) => watch.closest("[data-item]").dataset.item);
    const now = { running, submitting: Boolean(this.submitting), refusal: this.refusal };
    const { phase } = this.sender;
    const hindrance = ["waiting", "sign_in", "hold", "paused", "stuck"].includes(phase) ? phase : "";
    return { ...standing(this.rules, this.state, this.score, now), hindrance };
  }

  get #running() {
    return this.#items.map((item) => item.watch).filter((watch) => watch?.isRunning);
  }

  #showRunning() {
    showRunning(this.#running.filter((watch) => !watch.checkVisibility()));
  }

  #armButtons() {
    document.querySelector(".page").addEventListener("record", ({ detail }) => {
      this.refusal = null;
      detail.saved = this.recorder.record(detail);
    });
    const on = (selector, act) => {
      const button = document.querySelector(selector);
      button.disabled = false;
      button.addEventListener("click", act);
    };
    on("[data-next]", () => this.navigation.next() || this.openReview());
    on("[data-failed]", () => this.navigation.toggleFailed());
    on("[data-review]", () => this.openReview());
    on("[data-sync]", () => this.sender.resume());
  }

  /** The wish to submit is kept on the tablet; the outbox makes it an entry when all else is through. */
  #submit() {
    if (this.submitting) return;
    this.refusal = null;
    this.submitting = this.recorder.operation("visit.submit", {});
    this.#keepWish(this.submitting);
  }

  #stopSubmitting() {
    this.submitting = null;
    this.#keepWish(null);
  }

  #keepWish(wish) {
    // Whoever hands in wants it sent, also after having stopped the sending.
    const go = () => (wish ? this.sender.resume() : this.sender.kick());
    this.recorder.keep({ [`submit:${this.visit.id}`]: wish }).then(go);
    this.refresh();
  }

  /** What another tab wrote, or what the server said to any tab. */
  #hear(news) {
    this.#progress.hear(news);
    if (news.type === "written") this.#hearWritten(news);
    if (news.type === "paused") this.sender.kick(); // which looks whether it may
    if (news.type === "photo") this.state.photoNews(news.sha256, news.patch);
    if (news.type === "settled") {
      for (const { op, result } of news.settled) if (op.visit === this.visit.id) this.#settle(op, result);
    }
    this.refresh();
  }

  #hearWritten({ ops, meta }) {
    for (const op of ops) if (op.visit === this.visit.id) this.state.record(op, TABLET);
    for (const [key, value] of Object.entries(meta)) {
      if (key === `submit:${this.visit.id}`) this.submitting = value;
      if (value && key === `timer:${this.visit.id}:${value.item}`) this.#itemOf(value.item).watch.take(value);
    }
    this.sender.kick();
  }

  #itemOf(code) {
    return this.#items.find((item) => item.code === code);
  }

  #settle(op, result) {
    this.state.settle(op, result);
    if (op.kind !== "visit.submit") return;
    this.submitting = null;
    if (result.status !== "rejected") return void this.#openRecord();
    this.refusal = result.reason;
    this.openReview();
  }

  #openRecord() {
    leaveQuietly();
    location.replace(location.pathname);
  }
}
