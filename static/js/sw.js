// The service worker: lets the app start without a network, and keeps a locked tablet's pages shut. It
// answers GETs only; what inspectors record never passes through it. PRECACHE and VERSION come from
// static/build.mjs.
/* global PRECACHE, VERSION */

import { dropPictures, isPicture, pictureAt } from "./album.js";
import { currentHolder, endSession, isLocked, lock, lockIfIdle } from "./keys.js";
import {
  dropFiles, dropPage, FALLBACK, fileOf, isToBeKept, keepFiles, keepPage, madeHere, mayBeKept, pageAt, personOf,
} from "./shelf.js";

const PATIENCE_MS = 4000;
const SIGN_IN = "/sign-in";

addEventListener("install", (event) => event.waitUntil(keepFiles(PRECACHE)));
addEventListener("activate", (event) => event.waitUntil(begin()));
addEventListener("message", (event) => {
  if (event.data === "SKIP_WAITING") event.waitUntil(takeOver(event.ports[0]));
  if (event.data === "CLAIM") event.waitUntil(clients.claim());
  if (event.data === "VERSION") event.ports[0].postMessage(VERSION);
});
addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(file(request, url));
  else if (isPicture(url.pathname)) event.respondWith(picture(request, url));
  else if (request.mode === "navigate") event.respondWith(page(event, url));
});

async function begin() {
  await dropFiles(PRECACHE.map(([url]) => url));
  await clients.claim(); // so that the first visit can already see that the app would start again
}

/** A visit that is open must never find itself in another version; the page has looked at the outbox. */
async function takeOver(asking) {
  const open = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const isBusy = open.some(({ url }) => new URL(url).pathname.startsWith("/visits/"));
  asking?.postMessage(isBusy ? "visit_open" : "taken");
  if (!isBusy) await skipWaiting();
}

async function file(request, url) {
  if (url.pathname.startsWith("/static/dist/")) return (await fileOf(request)) ?? fetch(request);
  return fetch(request).catch(async () => (await fileOf(request)) ?? Response.error());
}

/** A picture of a pack: what was taken along is not asked for again. */
async function picture(request, url) {
  if (request.mode === "navigate" && (await isShut(url))) return lockScreen();
  return (await pictureAt(url.pathname + url.search)) ?? fetch(request);
}

async function page(event, url) {
  if (await isShut(url)) return lockScreen();
  const kept = mayBeKept(url.pathname) ? await pageAt(url.pathname) : undefined;
  try {
    const fresh = await hurried(fetch(event.request), kept);
    return kept && (!isOurWord(fresh) || isYetUnknown(fresh, kept)) ? kept : await remember(event, url, fresh);
  } catch {
    // The icon on the home screen opens "/", which is the way to each role's first page.
    if (url.pathname === "/" && (await pageAt("/visits"))) return Response.redirect("/visits");
    return kept ?? lockScreen();
  }
}

/** Whether nothing is shown here until somebody unlocks the tablet: a session may go on behind it. */
async function isShut({ pathname }) {
  if (pathname === SIGN_IN || pathname === FALLBACK) return false;
  try {
    return (await lockIfIdle()) || (await isLocked());
  } catch {
    return false; // a browser that keeps nothing has nothing to be locked
  }
}

/** The page that lists what opens, or asks for the PIN. */
const lockScreen = async () => (await fileOf(FALLBACK)) ?? Response.error();

/** A network that is there and does not answer must not keep the inspector waiting. */
function hurried(answer, kept) {
  if (!kept) return answer;
  const tooLate = new Promise((_, reject) => {
    setTimeout(() => reject(new Error("no answer in time")), PATIENCE_MS);
  });
  answer.catch(() => {}); // it may fail after nobody waits for it any more
  return Promise.race([answer, tooLate]);
}

/** Not a server that is down, nor the page of a network that wants something before it lets us through. */
const isOurWord = (fresh) => fresh.status < 500 && (!fresh.ok || fresh.headers.has("X-Offline-Page"));

/** A visit that was begun here, and that the server has not been told of. */
const isYetUnknown = (fresh, kept) => fresh.status === 404 && madeHere(kept);

async function remember(event, { pathname, search }, fresh) {
  const holder = await currentHolder().catch(() => null);
  const person = fresh.headers.get("X-Offline-Person");
  if (holder && person && holder.person !== person) return turnAway();
  if (search || !personOf(fresh)) return fresh;
  if (isToBeKept(fresh)) event.waitUntil(keepPage(pathname, fresh.clone()).catch(() => {}));
  else await drop(pathname, person); // a visit that was handed in is no page to record on any more
  return fresh;
}

/** A page, and the pack that belongs to it. */
async function drop(path, person) {
  await Promise.all([path, `${path}/pack`].map((one) => dropPage(one, person)));
  await dropPictures((one) => one.startsWith(`${path}/pack/`)).catch(() => {});
}

/** One person has the tablet unlocked and another's session goes on: neither must see the other's. */
async function turnAway() {
  if (await endSession()) return Response.redirect(SIGN_IN);
  await lock();
  return lockScreen();
}
