// The page of unsent work: all that waits on this tablet or was refused, visit by visit; saving it as
// a file, taking in a file of another tablet, giving up what cannot be sent.

import { askToDiscard } from "./elements/discard-dialog.js";
import { showGaps, showSummary, showVisits } from "./elements/unsent-list.js";
import { takeKey } from "./locking.js";
import { Outbox } from "./outbox.js";
import { Sender } from "./sender.js";
import { dropPage } from "./shelf.js";
import { Locked, Store } from "./store.js";
import { namesOf, NotOurs, notes, takeIn, takeOut, workOf } from "./work.js";
import { readMe } from "./telling.js";
import { BadFile, pack, unpack } from "./unsent-file.js";
import { showBadge, unsentOf } from "./unsent.js";
import { learn, say } from "./words.js";

/** How large a file the server's page takes; another tablet takes more. */
const SERVER_TAKES = 120 * 1024 * 1024;

const main = document.getElementById("main");
const person = { id: main.dataset.person, name: main.querySelector("[data-whose]").dataset.whose };
const store = new Store(person.id);
const sender = new Sender(new Outbox(store));
const on = (selector) => document.querySelector(selector);
let visits = [];
let looks = 0;

async function begin() {
  learn(JSON.parse(document.getElementById("words").textContent), document.documentElement.lang);
  const hindrance = await takeKey(person.id);
  if (hindrance) return showSummary({ phase: hindrance });
  try {
    await show();
  } catch (error) {
    return showSummary({ phase: error instanceof Locked ? "locked" : "no_store" });
  }
  sender.onchange = store.onnews = () => show();
  addEventListener("online", () => sender.kick());
  addEventListener("pageshow", () => sender.kick());
  document.addEventListener("visibilitychange", () => document.hidden || sender.kick());
  on("[data-send]").addEventListener("click", () => sender.resume());
  on("[data-save-all]").addEventListener("click", () => save(visits));
  on("[data-take-in]").addEventListener("change", ({ target }) => bring(target));
  for (const control of document.querySelectorAll("[data-send], [data-take-in]")) control.disabled = false;
  on("[data-take-in]").closest("label").removeAttribute("aria-disabled");
  sender.start();
  document.body.dataset.armed = ""; // for tests: the page shows what there is
}

async function show() {
  const look = (looks += 1);
  const [all, unsent, gaps] = await Promise.all([workOf(store), unsentOf(store), notes(store, "gap:")]);
  if (look !== looks) return; // a later look knows better
  visits = all;
  const refused = visits.reduce((sum, part) => sum + part.refused.length, 0);
  showSummary({ phase: sender.phase, sentence: sender.sentence, unsent, refused });
  showGaps(gaps);
  showVisits(visits, { save: (part) => save([part]), discard });
  on("[data-save-all]").disabled = visits.length === 0;
  showBadge(unsent);
}

/** Save visits as one file, in the browser's downloads. */
async function save(parts) {
  try {
    const { work, photos } = await takeOut(store, person, parts);
    const at = Date.now();
    const language = document.documentElement.lang;
    const html = readMe({ name: person.name, at, language, visits: parts, photo: namesOf(photos) });
    const file = new Blob([await pack(work, photos, html)], { type: "application/zip" });
    const name = say("file.name", { name: person.name, time: stamp(at) });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    const numbers = { name, entries: work.entries.length, photos: photos.size };
    tell(say(file.size > SERVER_TAKES ? "unsent.saved_large" : "unsent.saved", numbers));
  } catch (error) {
    tell(say("unsent.not_saved"), "error");
    throw error;
  }
}

/** 1123-0912, for the name of a file. */
const stamp = (at) => new Date(at + 8 * 3600_000).toISOString().slice(5, 16).replace(/[-:]/g, "").replace("T", "-");

/** Take in the file that was chosen. */
async function bring(input) {
  const [file] = input.files;
  let whose = "";
  try {
    const found = await unpack(await file.arrayBuffer());
    whose = found.work.person.name;
    tell(say("unsent.taken_in", { n: await takeIn(store, found) }));
    sender.kick();
  } catch (error) {
    const isKnown = error instanceof BadFile || error instanceof NotOurs;
    tell(isKnown ? say(error.key, { name: whose }) : say("unsent.not_taken_in"), "error");
  } finally {
    input.value = ""; // so that the same file can be chosen again
    await show();
  }
}

async function discard(part) {
  const given = await askToDiscard(part, store);
  if (!given) return;
  // A visit that was begun here and given up is nowhere: its page would open what nobody has.
  if (part.refused.some(({ kind }) => kind === "visit.begin")) await dropPage(`/visits/${part.visit}`, person.id);
  tell(say("unsent.discarded", { n: given }));
  sender.kick();
  await show();
}

function tell(words, kind = "done") {
  const flash = document.createElement("div");
  const text = document.createElement("div");
  flash.className = `flash ${kind}`;
  text.textContent = words;
  flash.append(text);
  on("[data-said]").replaceChildren(flash);
}

begin();
