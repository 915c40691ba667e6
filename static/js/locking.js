// The lock as every page sees it: the tablet stays unlocked while its person uses it, and a page of
// somebody who has not unlocked it goes away.

import { leaveQuietly } from "./closing.js";
import {
  canSeal, CHANNEL, currentHolder, endForeignSession, forget, isLocked, lock, lockIfIdle, release,
  sessionIsOver, sessionWasTakenAway, turnOut, used,
} from "./keys.js";

const LOOK_MS = 30_000;
const MINUTE_MS = 60_000;

/** Where the tablet is unlocked, and what comes after that. @param {string} path */
const lockScreen = (path) => `/offline?next=${encodeURIComponent(path)}`;

let isLeaving = false;

/**
 * Get the key for a page that records. A locked tablet shows the lock screen instead.
 * @param {string} person whose page it is
 * @returns {Promise<string>} "", or why nothing can be recorded: "no_seal", "no_store", "locked"
 */
export async function takeKey(person) {
  if (!canSeal()) return "no_seal";
  try {
    if (await release(person)) return "";
    if (await isLocked()) leave();
    return "locked";
  } catch {
    return "no_store";
  }
}

/** Watch over the lock, on any page of a person who is signed in. @param {string} person */
export async function watch(person) {
  if (!canSeal()) return;
  await turnOut((holder) => holder.person === person);
  let isTheirs = false;
  const check = async () => {
    await lockIfIdle();
    const wasTheirs = isTheirs;
    isTheirs = (await currentHolder())?.person === person;
    if ((wasTheirs && !isTheirs) || (await isLocked())) leave();
    if (isTheirs) await endForeignSession();
  };
  // Without the disk nothing is known of the lock; what is sealed stays sealed.
  const look = () => check().catch(() => {});
  new BroadcastChannel(CHANNEL).onmessage = look;
  setInterval(look, LOOK_MS);
  addEventListener("pageshow", look);
  addEventListener("online", look);
  document.addEventListener("visibilitychange", look);
  await look(); // last: what happens meanwhile must not go by unheard
  watchUse();
}

function watchUse() {
  let next = 0;
  const use = () => {
    if (Date.now() < next) return;
    next = Date.now() + MINUTE_MS;
    used().catch(() => {});
  };
  for (const type of ["pointerdown", "keydown"]) {
    document.addEventListener(type, use, { capture: true, passive: true });
  }
  use();
}

/** Lock the tablet; what is sealed on it waits for its person. */
export async function lockNow() {
  await lock();
  leave("/visits");
}

function leave(path = location.pathname) {
  if (isLeaving) return;
  isLeaving = true;
  leaveQuietly();
  location.replace(lockScreen(path));
}

/** A person signs out and leaves nothing behind: nobody is led to the lock screen by that. @param {string} person */
export async function signOut(person) {
  isLeaving = true;
  await forget(person);
}

// The sign-in page

/** That the server asks for a password says that no session goes on. */
export const nobodyIsIn = () => sessionIsOver().catch(() => {});

/** Somebody has taken the session away: what is sealed opens only by a PIN, or after signing in. */
export const takenAway = () => sessionWasTakenAway().catch(() => {});

/** Whoever comes, must find nothing open but what the server then gives them the key for. */
export async function somebodyComes() {
  await nobodyIsIn();
  await turnOut(() => false).catch(() => {});
}

/** Whoever signs in as somebody else must find nothing open, even if no page comes after that. */
export async function comes(username) {
  await nobodyIsIn();
  await turnOut((holder) => holder.username === username).catch(() => {});
}
