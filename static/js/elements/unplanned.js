// The card in which a visit that nobody planned is begun, on the list of visits.

import { areReady, begin, begunHere, takeBlanks } from "../unplanned.js";
import { say } from "../words.js";

/** @param {import("../store.js").Store} store */
export async function armUnplanned(store) {
  const card = document.querySelector("[data-unplanned]");
  if (!card) return; // not allowed
  const form = card.querySelector("form");
  const button = form.querySelector("button");
  const tell = (key) => { card.querySelector("[data-says]").textContent = say(`unplanned.${key}`); };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      location.assign(await begin(chosen(form), store));
    } catch (error) {
      tell("not_begun");
      button.disabled = false;
      throw error;
    }
  });
  await showBegun(card, store);
  const versions = [...form.version.options].map(({ value }) => value);
  let isReady = await areReady(versions);
  if (!isReady) {
    tell("absent");
    await takeBlanks(versions).catch(() => {}); // what is lacking is found out below
    isReady = await areReady(versions);
  }
  button.disabled = !isReady;
  card.dataset.standing = isReady ? "ready" : "absent";
  tell(isReady ? "ready" : "unreachable");
}

function chosen({ branch, version }) {
  const [outlet, list] = [branch, version].map((select) => select.selectedOptions[0]);
  return {
    outlet: { code: outlet.value, name: outlet.textContent.trim(), fittedOut: "fittedOut" in outlet.dataset },
    version: { id: list.value, checklist: list.dataset.checklist, number: list.dataset.version },
  };
}

/** What was begun here stands on the list only when the server knows it: until then, here. */
async function showBegun(card, store) {
  const begun = (await begunHere()).filter(({ path }) => !document.querySelector(`td a[href="${path}"]`));
  const lines = await Promise.all(begun.map(async ({ path, title }) => {
    const link = document.createElement("a");
    link.href = path;
    // The title of a page is escaped for HTML; this says it in plain words.
    link.textContent = new DOMParser().parseFromString(title, "text/html").body.textContent.trim();
    const line = document.createElement("li");
    line.append(link, await whyRefused(path.split("/").at(-1), store));
    return line;
  }));
  card.querySelector("[data-begun]").replaceChildren(...lines);
  if (lines.length) card.open = true;
}

async function whyRefused(visit, store) {
  const beginning = (await store.refused(visit)).find(({ kind }) => kind === "visit.begin");
  return beginning ? ` ${say("unplanned.refused", { why: beginning.reason.sentence })}` : "";
}
