// The page on which a visit is recorded: finds out what this tablet keeps of it, then arms the page.

import { rememberAbout } from "./about.js";
import { askBeforeClosing, leaveQuietly } from "./closing.js";
import { showAlerts } from "./elements/alerts.js";
import { showEarlier } from "./elements/earlier.js";
import { startHeartbeat } from "./heartbeat.js";
import { takeKey } from "./locking.js";
import { VisitPage } from "./page.js";
import { Locked, Store } from "./store.js";
import { flushAll, isTyping } from "./typing.js";
import { showBadge, unsentOf } from "./unsent.js";
import { register, watch } from "./versions.js";
import { learn } from "./words.js";

const read = (id) => JSON.parse(document.getElementById(id).textContent);

async function begin() {
  learn(read("words"), document.documentElement.lang);
  const snapshot = read("snapshot");
  const store = new Store(snapshot.person.id);
  store.open().catch(() => {}); // meanwhile; loading meets the same failure and says so
  const hindrance = await takeKey(snapshot.person.id);
  if (hindrance) return showAlerts({ fatal: `alert.${hindrance}` });
  let rows;
  try {
    rows = await store.load(snapshot);
  } catch (error) {
    showAlerts({ fatal: error instanceof Locked ? "alert.locked" : "alert.no_store" });
    return;
  }
  try {
    const page = new VisitPage(snapshot, store, rows);
    page.arm();
    watchOver(page);
    startHeartbeat(snapshot.person.id);
    rememberAbout(store, page.visit.id).catch(() => {}); // tried again when it is opened again
    showEarlier(snapshot.visit.id, snapshot.person.id);
  } catch (error) {
    showAlerts({ fatal: "alert.broken" });
    throw error;
  }
}

/** Nothing typed or recorded is lost when the page goes away; what waits is sent when it comes back. */
function watchOver(page) {
  const { recorder, sender } = page;
  addEventListener("online", () => sender.kick());
  addEventListener("pageshow", ({ persisted }) => {
    // Taken back from the browser's memory, the page has missed what other tabs did meanwhile.
    if (!persisted) return sender.kick();
    leaveQuietly();
    return location.reload();
  });
  addEventListener("pagehide", flushAll);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") return sender.kick();
    flushAll();
    return unsentOf(recorder.store).then(showBadge, () => {}); // the icon is what is seen now
  });
  addEventListener("beforeunload", (event) => {
    flushAll();
    if (recorder.open || document.querySelector("[data-draft]")) event.preventDefault();
  });
  askBeforeClosing(() => page.hasUnsent);
  page.onrescued = () => {
    page.onrescued = () => {};
    reloadWhenIdle(page);
  };
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[href]");
    if (!link || link.getAttribute("href").startsWith("#")) return;
    flushAll();
    if (!recorder.open) return;
    event.preventDefault();
    await recorder.settled();
    leaveQuietly();
    location.assign(link.href);
  });
  document.querySelector(".page").addEventListener("record", () => {
    navigator.storage?.persist?.().catch(() => {});
  }, { once: true });
}

/** A document that has lost the database is loaded anew as soon as that disturbs nobody. */
function reloadWhenIdle({ recorder }) {
  const inHand = "dialog[open], [data-draft], textarea:focus, input:is([type=text], :not([type])):focus";
  const timer = setInterval(() => {
    if (recorder.open || isTyping() || document.querySelector(inHand)) return;
    clearInterval(timer);
    leaveQuietly();
    location.reload();
  }, 500);
}

/** A visit that is open stays in its version; it only says that there is a newer one. */
async function watchVersions() {
  const registration = await register();
  if (registration) watch(registration, () => { document.querySelector("[data-new-version]").hidden = false; });
}

begin();
watchVersions();
