// What was found at this outlet before, at the top of the visit and beside each item of the same issue.
// The server writes it (templates/pack/), this page only puts it where it is needed: from the tablet
// when it was taken along, and from the server when that knows more.

import { packAt, packNow, takePack } from "../pack.js";
import { say } from "../words.js";

const GROUPS = ["look_back", "open", "past"];

/** @param {string} visit @param {string} person whose visit it is */
export async function showEarlier(visit, person) {
  armPhotos();
  const kept = await packAt(visit).catch(() => null);
  if (kept) place(kept.html);
  const now = await packNow(visit, person);
  if (!now || now.state === kept?.state) return;
  place(now.html);
  if (kept) await takePack(visit, person).catch(() => {}); // the list of visits says that it is old
}

/** @param {string} html of the page of the pack */
function place(html) {
  for (const old of document.querySelectorAll("[data-earlier] .earlier")) old.remove();
  const pack = new DOMParser().parseFromString(html, "text/html").getElementById("pack");
  const findings = [...pack.querySelectorAll("details.earlier")].map((one) => document.importNode(one, true));
  const top = document.querySelector("details[data-earlier]");
  top.hidden = findings.length === 0;
  top.querySelector("[data-counts]").textContent = GROUPS.map((group) => [group, count(findings, group)])
    .filter(([, n]) => n).map(([group, n]) => say(`earlier.${group}`, { n })).join(" · ");
  for (const finding of findings) {
    const items = [...document.querySelectorAll(`checklist-item[data-issue="${finding.dataset.issue}"]`)];
    for (const item of items) beside(item).append(finding.cloneNode(true));
    finding.querySelector(".body").append(...items.map(linkTo));
    top.querySelector(".body").append(finding);
  }
}

const count = (findings, group) => findings.filter(({ dataset }) => dataset.group === group).length;

/** Where it stands beside an item: under what the item asks. */
function beside(item) {
  const there = item.querySelector("[data-earlier]");
  if (there) return there;
  const made = document.createElement("div");
  made.dataset.earlier = "";
  item.querySelector(".text").after(made);
  return made;
}

function linkTo(item) {
  const link = document.createElement("a");
  link.className = "btn";
  link.href = `#${item.id}`;
  link.textContent = say("earlier.go", { item: item.dataset.item });
  return link;
}

/** A photo opens large on the page: going to its address would leave the visit. */
function armPhotos() {
  const dialog = document.getElementById("earlier-photo");
  const image = dialog.querySelector("img");
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".earlier .photo a");
    if (!link) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // others would follow it, once all is saved
    image.src = link.href;
    image.alt = link.querySelector("img").alt;
    dialog.querySelector("h2").textContent = image.alt;
    dialog.showModal();
  }, { capture: true });
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => image.removeAttribute("src"));
}
