// A visit that nobody planned, begun on this tablet: its id is made here, the entry that says so is the
// first of it in the outbox, and its page is made of the one for any outlet, which is kept. No DOM.

import { FALLBACK, keepMade, keepPage, keptPages, madeHere, pageAt, starts } from "./shelf.js";
import { uuid7 } from "./uuid7.js";

const NO_VISIT = "00000000-0000-0000-0000-000000000000";
const OUTLET = "@@outlet@@";
const SNAPSHOT = /(<script[^>]* id="snapshot">)([^<]*)(<)/;

const pageOf = (version) => `/visits/unplanned/${version}`;

/**
 * @typedef {object} Choice
 * @property {{code: string, name: string, fittedOut: boolean}} outlet
 * @property {{id: string, checklist: string, number: string}} version
 */

/** What is needed to begin visits by these versions: the list with the choices, and a page for each. */
const needed = (versions) => ["/visits", ...versions.map(pageOf)];

/** Whether visits by these versions can be begun without a network. @param {string[]} versions ids */
export async function areReady(versions) {
  const all = await Promise.all([...needed(versions), FALLBACK].map(starts));
  return all.every(Boolean);
}

/** Take along what is needed, as the server has it now. Rejects without it. @param {string[]} versions */
export async function takeBlanks(versions) {
  for (const path of needed(versions)) {
    const page = await fetch(path, { cache: "no-store", redirect: "manual" });
    if (!(await keepPage(path, page))) throw new Error("not kept");
  }
}

/**
 * Begin a visit. Resolves with the path of its page when all of it is on the disk.
 * @param {Choice} choice @param {import("./store.js").Store} store
 */
export async function begin({ outlet, version }, store) {
  const blank = await pageAt(pageOf(version.id));
  if (!blank) throw new Error("no page for this version");
  const visit = crypto.randomUUID();
  const now = new Date();
  const { checklist, number } = version;
  await store.write({ ops: [{
    op_id: uuid7(now.getTime()), v: 1, kind: "visit.begin", visit,
    payload: { branch: outlet.code, checklist, version: number },
    at: now.toISOString(), tz: now.getTimezoneOffset(), tpl: `${checklist} ${number}`,
  }] });
  const path = `/visits/${visit}`;
  await keepMade(path, fill(await blank.text(), visit, outlet), blank);
  return path;
}

/** The visits that were begun here and that the server has not given a page yet. @returns {Promise<{path: string, title: string}[]>} */
export async function begunHere() {
  const made = (await keptPages()).filter(({ page }) => madeHere(page));
  return Promise.all(made.map(async ({ path, page }) => {
    const [, title = path] = (await page.text()).match(/<title>([^<]*)</) ?? [];
    return { path, title };
  }));
}

/**
 * The page of a visit, made of the one for any outlet.
 * @param {string} html @param {string} visit @param {Choice["outlet"]} outlet
 */
export function fill(html, visit, { name, fittedOut }) {
  const page = html.replaceAll(NO_VISIT, visit).replaceAll(OUTLET, escape(name));
  if (!fittedOut) return page;
  return page.replace(SNAPSHOT, (_, before, json, after) => {
    const snapshot = JSON.parse(json);
    for (const rule of snapshot.rules) if (rule.applies === "fitout") rule.proposed = null;
    return before + JSON.stringify(snapshot).replaceAll("<", "\\u003c") + after;
  });
}

const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escape = (text) => text.replace(/[&<>"']/g, (sign) => SIGNS[sign]);
