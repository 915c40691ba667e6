// Covering and marking a photo before it is kept: boxes, arrows, lines by hand. What is drawn becomes
// part of the picture; nothing of it can be taken off again, and no other copy stays.

import { drawMarks, isSeen } from "../marks.js";
import { say } from "../words.js";

const STEP = 0.02;
/** What a key puts onto the middle of the picture, to be moved from there. */
const FIRST = {
  cover: [{ x: 0.4, y: 0.4 }, { x: 0.6, y: 0.6 }],
  arrow: [{ x: 0.65, y: 0.65 }, { x: 0.5, y: 0.5 }],
  pen: [{ x: 0.4, y: 0.5 }, { x: 0.6, y: 0.5 }],
};
const MOVES = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

let editor = null;

/**
 * Let a person draw on a photo.
 * @param {ArrayBuffer} bytes a picture that this browser can show
 * @param {(marks: import("../marks.js").Mark[]) => Promise<void>} save keeps the result; when it throws,
 *   the editor stays open and shows the error's message
 * @param {{isNew?: boolean}} [options] a new photo is kept nowhere yet: giving up loses it
 * @returns {Promise<boolean>} whether something was saved
 */
export function editPhoto(bytes, save, options) {
  editor ??= new PhotoEditor(document.getElementById("photo-editor"));
  return editor.edit(bytes, save, options);
}

class PhotoEditor {
  constructor(dialog) {
    this.#dialog = dialog;
    this.#canvas = this.#get("canvas");
    this.#cancel = this.#get("[data-cancel]");
    this.#cancelWords = this.#cancel.textContent;
    this.#armCanvas();
    this.#get("[data-undo]").addEventListener("click", () => this.#undo());
    this.#get("[data-save]").addEventListener("click", () => this.#keep());
    this.#cancel.addEventListener("click", () => this.#giveUp());
    this.#get("[data-give-up]").addEventListener("click", () => this.#giveUp());
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.#giveUp();
    });
    dialog.addEventListener("close", () => this.#end(false));
    dialog.addEventListener("keydown", (event) => this.#press(event));
  }

  #dialog;
  #canvas;
  #cancel;
  #cancelWords;
  #picture = null;
  /** @type {import("../marks.js").Mark[]} */
  #marks = [];
  #drawing = null;
  #save = null;
  #isNew = false;
  #asked = 0;
  #isBusy = false;
  #done = null;

  async edit(bytes, save, { isNew = false } = {}) {
    this.#picture = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
    Object.assign(this.#canvas, { width: this.#picture.width, height: this.#picture.height });
    this.#marks = [];
    this.#save = save;
    this.#isNew = isNew;
    this.#say("");
    this.#stopAsking();
    this.#draw();
    this.#dialog.showModal();
    this.#canvas.focus();
    return new Promise((done) => { this.#done = done; });
  }

  #armCanvas() {
    const canvas = this.#canvas;
    canvas.addEventListener("pointerdown", (event) => {
      if (!event.isPrimary || event.button !== 0 || this.#isBusy) return;
      canvas.setPointerCapture(event.pointerId);
      const start = this.#place(event);
      this.#drawing = { tool: this.#tool, points: [start, start] };
    });
    canvas.addEventListener("pointermove", (event) => {
      const mark = this.#drawing;
      if (!mark || !event.isPrimary) return;
      if (mark.tool === "pen") mark.points.push(this.#place(event));
      else mark.points[1] = this.#place(event);
      this.#draw();
    });
    const lift = (isKept) => () => {
      if (isKept && this.#drawing && isSeen(this.#drawing)) this.#marks.push(this.#drawing);
      this.#drawing = null;
      this.#draw();
    };
    canvas.addEventListener("pointerup", lift(true));
    canvas.addEventListener("pointercancel", lift(false));
  }

  get #tool() {
    return this.#get("input:checked").value;
  }

  /** Where a finger is on the picture, at its edge when it is outside. */
  #place({ clientX, clientY }) {
    const box = this.#canvas.getBoundingClientRect();
    return { x: within((clientX - box.x) / box.width), y: within((clientY - box.y) / box.height) };
  }

  #press(event) {
    if (this.#isBusy) return;
    const isUndo = event.key === "z" && (event.ctrlKey || event.metaKey);
    const onPicture = event.target === this.#canvas;
    if (isUndo || (onPicture && ["Backspace", "Delete"].includes(event.key))) this.#undo();
    else if (onPicture && ["Enter", " "].includes(event.key)) this.#add();
    else if (onPicture && event.key in MOVES) this.#move(MOVES[event.key], event.shiftKey);
    else return;
    event.preventDefault();
  }

  #add() {
    this.#marks.push({ tool: this.#tool, points: FIRST[this.#tool].map((point) => ({ ...point })) });
    this.#draw();
  }

  /** Move the newest mark, or only its second corner, or the point of its arrow. */
  #move([right, down], isResizing) {
    const mark = this.#marks.at(-1);
    if (!mark) return;
    mark.points = mark.points.map((point, n) =>
      isResizing && n === 0 ? point : { x: within(point.x + right), y: within(point.y + down) });
    this.#draw();
  }

  #undo() {
    this.#marks.pop();
    this.#draw();
  }

  #draw() {
    const context = this.#canvas.getContext("2d");
    context.drawImage(this.#picture, 0, 0);
    drawMarks(context, [...this.#marks, this.#drawing].filter(Boolean), this.#canvas);
    const covered = this.#marks.filter(({ tool }) => tool === "cover").length;
    const drawn = this.#marks.length - covered;
    this.#get("[data-drawn]").textContent = this.#marks.length ? say("editor.drawn", { covered, drawn }) : "";
    this.#get("[data-undo]").disabled = !this.#marks.length;
  }

  async #keep() {
    if (this.#isBusy) return;
    if (!this.#marks.length && !this.#isNew) return void this.#dialog.close();
    this.#setBusy(true);
    try {
      await this.#save(this.#marks);
      this.#end(true);
      this.#dialog.close();
    } catch (error) {
      this.#say(error.message);
    } finally {
      this.#setBusy(false);
    }
  }

  /** What was drawn, or a photo that is kept nowhere yet, goes only at the second press. */
  #giveUp() {
    if (this.#isBusy) return;
    const isLoss = this.#isNew || this.#marks.length;
    if (!isLoss || this.#asked) return void this.#dialog.close();
    this.#cancel.textContent = say(this.#isNew ? "editor.lose_photo" : "editor.lose_marks");
    this.#cancel.classList.add("danger");
    this.#asked = setTimeout(() => this.#stopAsking(), 4000);
  }

  #stopAsking() {
    clearTimeout(this.#asked);
    this.#asked = 0;
    this.#cancel.textContent = this.#cancelWords;
    this.#cancel.classList.remove("danger");
  }

  #end(isSaved) {
    this.#picture?.close();
    this.#picture = null;
    this.#stopAsking();
    this.#done?.(isSaved);
    this.#done = null;
    // Nothing of the uncovered picture stays in the page.
    Object.assign(this.#canvas, { width: 0, height: 0 });
  }

  #setBusy(isBusy) {
    this.#isBusy = isBusy;
    for (const button of this.#dialog.querySelectorAll("button")) button.disabled = isBusy;
    if (isBusy) this.#get("[data-drawn]").textContent = say("state.saving");
    else if (this.#picture) this.#draw();
  }

  #say(sentence) {
    const line = this.#get(".error");
    line.textContent = sentence;
    line.hidden = !sentence;
  }

  #get(selector) {
    return this.#dialog.querySelector(selector);
  }
}

const within = (fraction) => Math.min(1, Math.max(0, fraction));
