// How the parts of the page hand on what the inspector does, and what they may look at.

/**
 * What every part may look at; static/js/page.js sets it before the parts are armed.
 * @type {{visit: string, store: import("../store.js").Store | null,
 *   state: import("../state.js").VisitState | null}}
 */
export const page = { visit: "", store: null, state: null };

/**
 * Record something; the page hears it as an event and writes it.
 * @param {Element} part where it happened
 * @param {import("../recorder.js").Action} action
 * @returns {Promise<void>} when it is on the tablet's disk
 */
export function record(part, action) {
  const event = new CustomEvent("record", { bubbles: true, detail: { ...action } });
  part.dispatchEvent(event);
  return event.detail.saved ?? Promise.reject(new Error("nobody records"));
}

/** An answer to an item, based on the revision that the inspector sees. */
export const answerOf = (item, value) => ({ kind: "answer.set", payload: seen(item, { value }) });

/** A text beside it. */
export const noteOf = (item, field, text) => ({ kind: "note.set", payload: seen(item, { field, text }) });

/** Whether it was put right on the spot. */
export const correctionOf = (item, corrected) =>
  ({ kind: "correction.set", payload: seen(item, { corrected }) });

const seen = (item, said) => ({ item, ...said, base: page.state.answer(item).rev });

/** A copy of one of the page's templates, its parts alive. @param {string} id @returns {DocumentFragment} */
export function copyOf(id) {
  return document.importNode(document.getElementById(id).content, true);
}

let isDown = false;
for (const [type, down] of [["pointerdown", true], ["pointerup", false], ["pointercancel", false]]) {
  globalThis.document?.addEventListener(type, () => { isDown = down; }, { capture: true, passive: true });
}

/**
 * Change the layout only after the finger has left: leaving a field with a tap on a button must not
 * move that button away from under the tap.
 * @param {() => void} change
 */
export function afterTouch(change) {
  if (!isDown) return void setTimeout(change, 0);
  const done = () => setTimeout(change, 0);
  document.addEventListener("pointerup", done, { once: true });
}

/**
 * Act at the second press: the first one asks, and forgets after four seconds.
 * @param {HTMLButtonElement} button @param {string} question @param {() => void} act
 */
export function twice(button, question, act) {
  let words = null;
  let timer = 0;
  const back = () => {
    if (words !== null) button.textContent = words;
    words = null;
  };
  button.addEventListener("click", () => {
    clearTimeout(timer);
    if (words === null) {
      words = button.textContent;
      button.textContent = question;
      timer = setTimeout(back, 4000);
      return;
    }
    back();
    act();
  });
}
