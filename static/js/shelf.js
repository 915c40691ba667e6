// What is kept to start without a network: the built files, and the pages of each person, sealed with
// that person's key. A page is kept only when it says so itself (X-Offline-Page) and every file that
// it names is here, so that what is kept also starts. Used by the worker and by pages. No DOM.

import { currentHolder } from "./keys.js";
import { IV_BYTES, open, seal } from "./sealing.js";

const FILES = "files";
const PAGES = "pages-";
const NEEDS = "X-Files"; // what must stay for a page that nobody can open now
const MADE_HERE = "X-Made-Here";
const ANYHOW = { ignoreVary: true };

/** The page that is shown when there is nothing else. */
export const FALLBACK = "/offline";

/** The paths whose pages may be kept. @param {string} path */
export const mayBeKept = (path) => /^\/(unsent|visits(\/[0-9a-f-]{36}(\/pack)?|\/unplanned\/[0-9a-f-]{36})?)$/.test(path);

/** Files once fetched stay: their names change with their content. @param {string[][]} wanted url, integrity */
export async function keepFiles(wanted) {
  const files = await caches.open(FILES);
  const isHere = await Promise.all(wanted.map(([url]) => isImmutable(url) && files.match(url, ANYHOW)));
  const missing = wanted.filter((_, n) => !isHere[n]);
  await files.addAll(missing.map(([url, integrity = ""]) => new Request(url, { cache: "reload", integrity })));
}

/** A file that is kept, or undefined. @param {Request | string} request */
export const fileOf = async (request) => (await caches.open(FILES)).match(request, ANYHOW);

/** Drop the files that neither this version of the app nor a kept page needs. @param {string[]} wanted */
export async function dropFiles(wanted) {
  const needed = new Set(wanted);
  for (const name of await pageCaches()) {
    const cache = await caches.open(name);
    for (const page of await cache.matchAll()) {
      for (const url of (page.headers.get(NEEDS) ?? "").split(" ")) needed.add(url);
    }
  }
  const files = await caches.open(FILES);
  const stale = (await files.keys()).filter(({ url }) => !needed.has(new URL(url).pathname));
  await Promise.all(stale.map((request) => files.delete(request)));
}

/** The person whom a page of ours is for, or null. @param {Response} response */
export function personOf(response) {
  const isPlain = response.ok && response.type === "basic" && !response.redirected;
  return isPlain ? response.headers.get("X-Offline-Person") : null;
}

/** Whether a page says that it is to be kept. @param {Response} response */
export const isToBeKept = (response) =>
  Boolean(personOf(response)) && response.headers.get("X-Offline-Page") === "1";

/**
 * Keep a page, with its files, sealed.
 * @param {string} path @param {Response} response
 * @returns {Promise<boolean>} whether it is a page to be kept by who has the tablet unlocked
 */
export async function keepPage(path, response) {
  const holder = await currentHolder();
  if (!isToBeKept(response) || personOf(response) !== holder?.person) return false;
  await put(holder, path, await response.text(), [...response.headers]);
  return true;
}

/** Keep a page that was made here, of one that is kept, for a visit that the server may not know yet. */
export async function keepMade(path, html, like) {
  const holder = await currentHolder();
  if (!holder) throw new Error("locked");
  await put(holder, path, html, [...like.headers, [MADE_HERE, "1"]]);
}

/** Whether a page that is kept was made here. @param {Response} page */
export const madeHere = (page) => page.headers.has(MADE_HERE);

async function put(holder, path, html, headers) {
  const files = filesOf(html);
  await keepFiles(files);
  // With its headers: what a page may do (Content-Security-Policy) holds without a network, too.
  const { iv, data } = await seal(holder.key, { html, headers }, path);
  const needs = { [NEEDS]: files.map(([url]) => url).join(" ") };
  await (await caches.open(PAGES + holder.person)).put(path, new Response(new Blob([iv, data]), { headers: needs }));
}

/** Drop a page: what is there now is not one to be kept. @param {string} path @param {string} person */
export async function dropPage(path, person) {
  await (await caches.open(PAGES + person)).delete(path, ANYHOW);
}

/** Drop all pages of a person who signs out. @param {string} person */
export const dropPages = async (person) => caches.delete(PAGES + person);

/** A page that is kept for who has the tablet unlocked, or undefined. @param {string} path */
export async function pageAt(path) {
  const holder = await currentHolder();
  const kept = holder && (await (await caches.open(PAGES + holder.person)).match(path, ANYHOW));
  // Damaged is as good as not there.
  return kept ? opened(path, kept, holder.key).catch(() => undefined) : undefined;
}

/** All pages that are kept for them. @returns {Promise<{path: string, page: Response}[]>} */
export async function keptPages() {
  const holder = await currentHolder();
  if (!holder) return [];
  const requests = await (await caches.open(PAGES + holder.person)).keys();
  const paths = requests.map(({ url }) => new URL(url).pathname);
  const pages = await Promise.all(paths.map(pageAt));
  return paths.map((path, n) => ({ path, page: pages[n] })).filter(({ page }) => page);
}

async function opened(path, kept, key) {
  const bytes = await kept.arrayBuffer();
  const sealed = { iv: new Uint8Array(bytes, 0, IV_BYTES), data: bytes.slice(IV_BYTES) };
  const { html, headers } = await open(key, sealed, path);
  return new Response(html, { headers });
}

/** Whether a path would start without a network: the page is here, and each file that it names. */
export async function starts(path) {
  const page = path === FALLBACK ? await fileOf(path) : await pageAt(path);
  if (!page) return false;
  const files = await Promise.all(filesOf(await page.text()).map(([url]) => fileOf(url)));
  return files.every(Boolean);
}

/** The built files that a page names, each with its integrity. @param {string} html @returns {string[][]} */
export function filesOf(html) {
  const tags = html.match(/<(?:script|link)\b[^>]*>/g) ?? [];
  const value = (tag, name) => tag.match(new RegExp(`\\b${name}="([^"]*)"`))?.[1];
  const named = tags.map((tag) => [value(tag, "src") ?? value(tag, "href"), value(tag, "integrity")]);
  return named.filter(([url]) => url && isImmutable(url));
}

const isImmutable = (url) => url.startsWith("/static/dist/");

const pageCaches = async () => (await caches.keys()).filter((name) => name.startsWith(PAGES));
