// Before signing out: nothing unsent may stay behind unnoticed, and nothing else for the next person.

import { dropAlbum } from "./album.js";
import { Database } from "./database.js";
import { signOut } from "./locking.js";
import { dropPages } from "./shelf.js";
import { isSome, unsentOf } from "./unsent.js";

/**
 * Whether our server answers, and not a network in its name: nobody can sign out without it, and then
 * what opens without a network must stay. Rejects when it does not.
 */
export async function reachServer() {
  const answer = await fetch("/health", { cache: "no-store" });
  if ((await answer.text()) !== "inspector") throw new Error("another server answered");
}

/**
 * Whether a person may sign out; when not, a dialog says why, leads to where it is sent, and offers
 * to lock the tablet instead.
 * @param {string} person
 */
export async function mayLeave(person) {
  // A browser that keeps nothing has nothing unsent.
  const unsent = await unsentOf(new Database(person)).catch(() => ({ entries: 0, photos: 0 }));
  if (isSome(unsent)) {
    const dialog = document.getElementById("unsent");
    const words = dialog.querySelector("[data-words]");
    words.textContent = words.dataset.words.replace(/\{(\w+)\}/g, (_, name) => unsent[name]);
    dialog.showModal();
    return false;
  }
  // A browser that keeps nothing has nothing to forget.
  await Promise.allSettled([dropPages(person), dropAlbum(person), signOut(person)]);
  return true;
}
