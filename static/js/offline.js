// The page of a tablet that is locked: asks for the PIN, or leads to signing in. Unlocked and without a
// network, it lists what is kept.

import { canSeal, CHANNEL, currentHolder, endSession } from "./keys.js";
import { watch } from "./locking.js";
import { pinHolders, standingOf, unlock } from "./pins.js";
import { keptPages } from "./shelf.js";
import { learn, say, watchFace } from "./words.js";

const locked = document.querySelector("[data-locked]");
const unlocked = document.querySelector("[data-unlocked]");
const form = locked.querySelector("[data-unlock]");
const pin = form.querySelector("#pin");
const error = form.querySelector("#pin-error");
const says = locked.querySelector("[data-says]");

async function begin() {
  learn(JSON.parse(document.getElementById("words").textContent), document.documentElement.lang);
  const holder = canSeal() ? await currentHolder().catch(() => null) : null;
  if (holder && isDetour()) return goOn(); // unlocked meanwhile, in another tab
  if (holder) return showKept(holder.person);
  locked.hidden = false;
  locked.querySelector("[data-password]").addEventListener("click", () => signIn());
  new BroadcastChannel(CHANNEL).onmessage = async () => {
    if (await currentHolder()) goOn();
  };
  form.addEventListener("submit", tryPin);
  form.addEventListener("change", showStanding);
  await showPersons();
  return signIn({ quietly: true });
}

/** Whether a page that was open led here, and not the worker in place of one. */
const isDetour = () => location.pathname === "/offline" && location.search !== "";

/** Where the way was to, when the lock was there instead. */
function target() {
  if (location.pathname !== "/offline") return location.href;
  const wanted = new URL(new URLSearchParams(location.search).get("next") ?? "/", location.origin);
  return wanted.origin === location.origin ? wanted.href : location.origin;
}

const goOn = () => location.replace(target());

/** The password is for when there is a network; nobody is taken there in the middle of a PIN. */
async function signIn({ quietly = false } = {}) {
  if (!quietly) says.textContent = say("looking");
  const isOver = await endSession();
  if (quietly && (!isOver || pin.value)) return;
  const { pathname, search } = new URL(target());
  if (isOver) location.replace(`/sign-in?next=${encodeURIComponent(pathname + search)}`);
  else says.textContent = say("no_network");
}

// The PIN

async function showPersons() {
  const holders = canSeal() ? await pinHolders().catch(() => []) : [];
  const choices = holders.map(({ person, name }, n) => {
    const choice = document.createElement("label");
    const radio = document.createElement("input");
    Object.assign(radio, { type: "radio", name: "person", value: person, checked: n === 0 });
    choice.append(radio, name);
    return choice;
  });
  form.querySelector(".persons").append(...choices);
  form.hidden = holders.length === 0;
  locked.querySelector("[data-no-pin]").hidden = holders.length > 0;
  if (holders.length) await showStanding();
}

let isTrying = false;

async function tryPin(event) {
  event.preventDefault();
  const { person } = Object.fromEntries(new FormData(form));
  if (!pin.value) return void (error.textContent = say("empty"));
  if (isTrying) return undefined;
  isTrying = true;
  form.querySelector("button").disabled = true;
  error.textContent = "";
  says.textContent = say("working");
  const outcome = await unlock(person, pin.value);
  if (outcome === "unlocked") return goOn();
  isTrying = false;
  says.textContent = "";
  pin.value = "";
  if (outcome === "gone") return leaveOut(person);
  await showStanding();
  return pin.focus();
}

/** The PIN of that person is of no use any more; those of others are. */
async function leaveOut(person) {
  error.textContent = say("gone");
  form.querySelector("button").disabled = false;
  form.querySelector(`input[value="${person}"]`).closest("label").remove();
  const others = form.querySelector(".persons input");
  if (others) return void (others.checked = true);
  says.textContent = say("gone");
  form.hidden = true;
  return undefined;
}

let waiting = 0;

/** How many tries are left, and how long until the next one: counting down. */
async function showStanding() {
  clearTimeout(waiting);
  const { person } = Object.fromEntries(new FormData(form));
  const { left, wait } = await standingOf(person);
  if (isTrying) return;
  form.querySelector("button").disabled = wait > 0;
  const time = watchFace(wait * 1000).replace(/\.\d$/, "");
  error.textContent = wait > 0 ? say("wait", { left, time }) : left < 10 ? say("wrong", { left }) : "";
  if (wait > 0) waiting = setTimeout(showStanding, 1000);
}

// What opens

async function showKept(person) {
  unlocked.hidden = false;
  watch(person);
  const list = document.querySelector("[data-kept]");
  for (const { path, page } of globalThis.caches ? await keptPages() : []) {
    if (/\/(pack$|unplanned\/)/.test(path)) continue; // for other pages to show
    const title = (await page.text()).match(/<title>([^<]*)</)?.[1] ?? path;
    const link = document.createElement("a");
    link.href = path;
    // The title of a page is escaped for HTML; this says it in plain words.
    link.textContent = new DOMParser().parseFromString(title, "text/html").body.textContent.trim();
    const line = document.createElement("li");
    line.append(link);
    list.append(line);
  }
  document.querySelector("[data-nothing]").hidden = list.children.length > 0;
}

begin();
