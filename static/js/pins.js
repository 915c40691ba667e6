// A PIN unlocks one tablet without a network: the key lies here a second time, wrapped by what follows
// from the PIN. Guessing is made slow and then impossible: ten wrong ones in a row, counted on the
// disk, and the wrapped key is gone; the server still has it. No DOM.

import { askServer, change, hold, look } from "./keys.js";

const ITERATIONS = 600_000;
const SALT_BYTES = 16;
const IV_BYTES = 12;

/** The fewest digits of a PIN, and how many wrong ones in a row it survives. */
export const DIGITS = 6;
export const TRIES = 10;

/** How long to wait after so many wrong ones in a row, in seconds. */
const WAITS = [0, 0, 0, 5, 15, 30, 60, 120, 300, 600];

/**
 * What is wrong with a PIN: "short", "digits", "easy" (1111…, 1234…, 121212…), or "".
 * @param {string} pin
 */
export function flawOf(pin) {
  if (!/^\d*$/.test(pin)) return "digits";
  if (pin.length < DIGITS) return "short";
  const steps = new Set([...pin].slice(1).map((digit, n) => (digit - pin[n] + 10) % 10));
  const isRun = steps.size === 1 && [0, 1, 9].includes([...steps][0]);
  const isRepeated = /^(\d{1,3})\1+$/.test(pin);
  return isRun || isRepeated ? "easy" : "";
}

/**
 * Let a PIN unlock this tablet for who is signed in. The key comes from the server once more: the one
 * that is here cannot be read out.
 * @param {string} person @param {string} pin without a flaw
 * @returns {Promise<boolean>} false when the server does not give the key now
 */
export async function setPin(person, pin) {
  const given = await askServer();
  if (given?.person !== person) return false;
  const { name, username, idleMs, secret } = given;
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const wrapping = await wrappingKey(pin, salt, ITERATIONS, "encrypt");
  const wrapped = await crypto.subtle.encrypt(how(iv, person), wrapping, secret);
  const row = { person, name, username, idleMs, salt, iv, iterations: ITERATIONS, wrapped };
  await change((tx) => tx.objectStore("pins").put({ ...row, wrong: 0, triedAt: 0 }));
  return true;
}

/** Who can unlock this tablet by a PIN. @returns {Promise<{person: string, name: string}[]>} */
export async function pinHolders() {
  const rows = await look((tx) => tx.objectStore("pins").getAll());
  return rows.map(({ person, name }) => ({ person, name })).sort((a, b) => a.name.localeCompare(b.name));
}

/**
 * How many tries a person has left, and the seconds until the next.
 * @param {string} person @returns {Promise<{left: number, wait: number}>}
 */
export async function standingOf(person) {
  return standing(await look((tx) => tx.objectStore("pins").get(person)));
}

/**
 * Try a PIN; when it is right, the tablet is unlocked for that person.
 * @param {string} person @param {string} pin
 * @returns {Promise<"unlocked" | "wrong" | "wait" | "gone">} gone: only signing in unlocks
 */
export async function unlock(person, pin) {
  const [before, row] = await change((tx) => count(tx, person));
  if (!row) return "gone";
  if (before.wait > 0) return "wait";
  try {
    const { name, username, idleMs } = row;
    await hold({ person, name, username, idleMs, key: await unwrap(row, pin) });
  } catch (error) {
    if (error.name !== "OperationError") throw error; // which is what a wrong PIN looks like
    if (before.left > 1) return "wrong";
    await change((tx) => tx.objectStore("pins").delete(person));
    return "gone";
  }
  await change((tx) => tx.objectStore("pins").put({ ...row, wrong: 0, triedAt: 0 }));
  return "unlocked";
}

/** Counted before it is tried, so that nothing that interrupts the trying saves the guess. */
async function count(tx, person) {
  const row = await tx.objectStore("pins").get(person);
  const before = standing(row);
  if (row && before.left === 0) return [before, void (await tx.objectStore("pins").delete(person))];
  if (row && before.wait === 0) {
    await tx.objectStore("pins").put({ ...row, wrong: row.wrong + 1, triedAt: Date.now() });
  }
  return [before, row];
}

function standing(row) {
  if (!row) return { left: 0, wait: 0 };
  const wait = (WAITS[row.wrong] ?? WAITS.at(-1)) * 1000;
  const since = Date.now() - row.triedAt;
  // A clock that was put back would make everybody wait until it has caught up.
  const open = since < 0 ? 0 : Math.max(0, wait - since);
  return { left: Math.max(0, TRIES - row.wrong), wait: Math.ceil(open / 1000) };
}

async function unwrap({ person, salt, iv, iterations, wrapped }, pin) {
  const wrapping = await wrappingKey(pin, salt, iterations, "unwrapKey");
  const uses = ["encrypt", "decrypt"];
  return crypto.subtle.unwrapKey("raw", wrapped, wrapping, how(iv, person), "AES-GCM", false, uses);
}

async function wrappingKey(pin, salt, iterations, use) {
  const digits = new TextEncoder().encode(pin);
  const material = await crypto.subtle.importKey("raw", digits, "PBKDF2", false, ["deriveKey"]);
  const derivation = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(derivation, material, { name: "AES-GCM", length: 256 }, false, [use]);
}

const how = (iv, person) =>
  ({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(person) });
