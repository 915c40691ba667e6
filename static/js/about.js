// What a visit is called, and its items: noted on the tablet when the visit is open, because what
// could not be sent must be told in words also when the visit's page cannot be opened any more.

import { aboutKey, notes } from "./work.js";

/** @param {import("./store.js").Store} store @param {string} visit whose page this is */
export async function rememberAbout(store, visit) {
  const title = document.querySelector("h1").textContent.trim();
  const text = (item) => document.getElementById(`${item.dataset.item}-text`)?.textContent.trim() ?? "";
  const items = [...document.querySelectorAll("[data-item]")].map((item) => [item.dataset.item, text(item)]);
  const about = { title, outlet: title.split(" · ")[0], items: Object.fromEntries(items) };
  const [known] = await notes(store, aboutKey(visit));
  if (JSON.stringify(known) === JSON.stringify(about)) return;
  await store.write({ meta: { [aboutKey(visit)]: about } });
}
