// Giving up what cannot be sent: only by typing the outlet's name, and with a reason.

import { discard, hopeless } from "../work.js";
import { say } from "../words.js";

/**
 * Ask, and do it. @param {import("../work.js").VisitWork} part @param {import("../store.js").Store} store
 * @returns {Promise<number>} how many were given up; 0 when nothing was done
 */
export function askToDiscard(part, store) {
  const dialog = document.getElementById("discard");
  const { outlet: name } = part.about;
  const n = hopeless(part).length;
  const [typed, reason, error] = ["#discard-name", "#discard-reason", "#discard-error"]
    .map((selector) => dialog.querySelector(selector));
  dialog.querySelector("[data-says]").textContent = say("unsent.discard_says", { n });
  dialog.querySelector("[data-ask]").textContent = say("unsent.discard_ask", { name });
  const wrong = (words) => {
    error.textContent = words;
    error.hidden = !words;
  };
  typed.value = reason.value = "";
  wrong("");
  dialog.querySelector("[data-close]").onclick = () => dialog.close();
  dialog.showModal();
  return new Promise((resolve) => {
    let done = 0;
    dialog.querySelector("form").onsubmit = async (event) => {
      event.preventDefault();
      if (typed.value.trim() !== name) wrong(say("unsent.discard_wrong", { name }));
      else if (!reason.value.trim()) wrong(say("unsent.discard_reason"));
      else {
        try {
          await discard(store, part, reason.value.trim());
          done = n;
          dialog.close();
        } catch {
          wrong(say("unsent.not_discarded"));
        }
      }
    };
    dialog.onclose = () => resolve(done);
  });
}
