// The page that opens when there is no network and nothing else: lists what is kept on this tablet.

import { keptPages } from "./shelf.js";

const list = document.querySelector("[data-kept]");
for (const { path, page } of globalThis.caches ? await keptPages() : []) {
  const title = (await page.text()).match(/<title>([^<]*)</)?.[1] ?? path;
  const link = document.createElement("a");
  link.href = path;
  // The title of a page is escaped for HTML; this says it in plain words.
  link.textContent = new DOMParser().parseFromString(title, "text/html").body.textContent.trim();
  const line = document.createElement("li");
  line.append(link);
  list.append(line);
}
document.querySelector("[data-nothing]").hidden = list.hasChildNodes();
