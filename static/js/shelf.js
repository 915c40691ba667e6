// What is kept to start without a network: the built files, and the pages of one person. A page is
// kept only when it says so itself (X-Offline-Page) and every file that it names is here, so that what
// is kept also starts. Used by the worker and by pages. No DOM.

const FILES = "files";
const PAGES = "pages-";
const ANYHOW = { ignoreVary: true };

/** The page that is shown when there is nothing else. */
export const FALLBACK = "/offline";

/** The paths whose pages may be kept. @param {string} path */
export const mayBeKept = (path) => /^\/visits(\/[0-9a-f-]{36})?$/.test(path);

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
  for (const { page } of await keptPages()) filesOf(await page.text()).forEach(([url]) => needed.add(url));
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
 * Keep a page, with its files; another person's pages go.
 * @param {string} path @param {Response} response
 * @returns {Promise<boolean>} whether it is a page to be kept
 */
export async function keepPage(path, response) {
  if (!isToBeKept(response)) return false;
  const person = personOf(response);
  await keepOnly(person);
  await keepFiles(filesOf(await response.clone().text()));
  await (await caches.open(PAGES + person)).put(path, response);
  return true;
}

/** Drop a page: what is there now is not one to be kept. @param {string} path */
export async function dropPage(path) {
  const names = await pageCaches();
  await Promise.all(names.map(async (name) => (await caches.open(name)).delete(path, ANYHOW)));
}

/**
 * Drop the pages of everybody else: they hold what only their person may read.
 * @param {string} [person] nobody, to drop all
 */
export async function keepOnly(person = "") {
  const others = (await pageCaches()).filter((name) => name !== PAGES + person);
  await Promise.all(others.map((name) => caches.delete(name)));
}

/** A page that is kept, or undefined. @param {string} path */
export async function pageAt(path) {
  for (const name of await pageCaches()) {
    const page = await (await caches.open(name)).match(path, ANYHOW);
    if (page) return page;
  }
  return undefined;
}

/** All pages that are kept. @returns {Promise<{path: string, page: Response}[]>} */
export async function keptPages() {
  const kept = [];
  for (const name of await pageCaches()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      kept.push({ path: new URL(request.url).pathname, page: await cache.match(request, ANYHOW) });
    }
  }
  return kept;
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
