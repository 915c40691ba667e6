// The choice to cover a photo before it is kept at all: for the whole tablet, as this person left it.

import { page } from "./recording.js";

const name = () => `inspector-cover-first-${page.store.person}`;

/** Whether nothing is to be kept of a photo before the person has covered it. */
export const isCoverFirst = () => localStorage.getItem(name()) === "yes";

/** Show the choice in a checkbox, and take it from there. @param {HTMLInputElement} box */
export function armCoverFirst(box) {
  box.checked = isCoverFirst();
  box.addEventListener("change", () => {
    localStorage.setItem(name(), box.checked ? "yes" : "no");
    for (const other of document.querySelectorAll("[data-cover-first]")) other.checked = box.checked;
  });
}
