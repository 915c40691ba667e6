// The list of visits on a tablet: sends what waits here, takes visits along, offers a new version.

import { showOutbox, showVersion } from "./elements/outbox-card.js";
import "./elements/take-along.js";
import { askBeforeClosing } from "./closing.js";
import { armUnplanned } from "./elements/unplanned.js";
import { armPin } from "./elements/pin-dialog.js";
import { takeKey } from "./locking.js";
import { startHeartbeat } from "./heartbeat.js";
import { Outbox } from "./outbox.js";
import { dropOthers, statesNow } from "./pack.js";
import { Progress } from "./progress.js";
import { Sender } from "./sender.js";
import { Store } from "./store.js";
import { isSome, troublesOf, showBadge, unsentOf, unsentOfOthers } from "./unsent.js";
import { register, takeOver, watch } from "./versions.js";
import { learn } from "./words.js";

const person = document.getElementById("main").dataset.person;
const store = new Store(person);
const sender = new Sender(new Outbox(store));
const progress = new Progress();

async function begin() {
  learn(JSON.parse(document.getElementById("words").textContent), document.documentElement.lang);
  const registration = await register();
  if (registration) watch(registration, offer);
  const hindrance = await takeKey(person);
  if (hindrance) return showOutbox({ phase: hindrance });
  try {
    await store.open();
  } catch {
    showOutbox({ phase: "no_store" });
    return;
  } finally {
    armVisits();
  }
  armPin(person);
  armUnplanned(store);
  sender.onchange = show;
  store.onnews = (news) => {
    progress.hear(news);
    if (news.type === "paused") sender.kick(); // which looks whether it may
    show();
  };
  askBeforeClosing(() => hasUnsent);
  addEventListener("online", () => sender.kick());
  addEventListener("pageshow", () => sender.kick());
  document.addEventListener("visibilitychange", () => document.hidden || sender.kick());
  document.querySelector("[data-send]").addEventListener("click", () => sender.resume());
  document.querySelector("[data-pause]").addEventListener("click", () => sender.pause());
  sender.start();
  startHeartbeat(person);
  await show();
}

let looks = 0;
let hasUnsent = false;

async function show() {
  const look = (looks += 1);
  const [unsent, troubles, others] =
    await Promise.all([unsentOf(store), troublesOf(store), unsentOfOthers(person)]);
  if (look !== looks) return; // a later look knows better
  hasUnsent = isSome(unsent);
  const { phase, sentence } = sender;
  showOutbox({ phase, sentence, unsent, troubles, others, progress: progress.of(unsent) });
  showBadge(unsent);
}

function armVisits() {
  const visits = [...document.querySelectorAll("take-along")];
  lookAfter(visits);
  const week = visits.filter((visit) => "week" in visit.dataset);
  const button = document.querySelector("[data-take-week]");
  button.disabled = week.length === 0;
  button.addEventListener("click", async () => {
    button.disabled = true;
    await navigator.storage?.persist?.().catch(() => {});
    for (const visit of week) await visit.take(); // one after the other, gently
    button.disabled = false;
  });
}

/** See how the visits stand on this tablet, now and at each look; what is out of date is renewed. */
async function lookAfter(visits) {
  await Promise.all(visits.map((visit) => visit.arm(store)));
  await renew(visits);
  addEventListener("online", () => renew(visits));
  document.addEventListener("visibilitychange", async () => {
    if (document.hidden) return;
    await Promise.all(visits.map((visit) => visit.look()));
    await renew(visits);
  });
}

async function renew(visits) {
  const states = await statesNow();
  if (!states) return;
  await dropOthers(Object.keys(states), person).catch(() => {}); // locked: whoever unlocks it does
  for (const visit of visits) await visit.renew(states[visit.dataset.visit]);
}

/** A new version begins when somebody asks, nothing waits to be sent, and no visit is open. */
function offer(worker) {
  showVersion("waiting", async () => {
    const all = [await unsentOf(store), ...(await unsentOfOthers(person))];
    if (all.some(isSome)) return showVersion("unsent");
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    showVersion("updating"); // which waits until the old one has ended what it is doing
    const answer = await takeOver(worker);
    return answer === "taken" ? undefined : showVersion("visit_open");
  });
}

begin();
