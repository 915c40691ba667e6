// Closing the app while something is unsent: the browser asks first. It stays on the tablet, but
// nobody else will see it until the app is opened again. Going from page to page asks nothing.

let isQuiet = false;

/** The page goes away by itself, or to another of ours: no question. */
export function leaveQuietly() {
  isQuiet = true;
  setTimeout(() => { isQuiet = false; }, 1000); // it may not come to it, as with a link to a file
}

/** Ask before the page is closed or reloaded. @param {() => boolean} hasUnsent */
export function askBeforeClosing(hasUnsent) {
  for (const type of ["click", "submit"]) document.addEventListener(type, leaveWithin);
  addEventListener("beforeunload", (event) => {
    if (!isQuiet && hasUnsent()) event.preventDefault();
  });
}

function leaveWithin({ type, target }) {
  const address = type === "submit" ? target.action : target.closest?.("a[href]")?.href;
  if (!address) return;
  const { origin, pathname, search, hash } = new URL(address, location.href);
  const staysHere = hash && pathname === location.pathname && search === location.search;
  if (origin === location.origin && !staysHere) leaveQuietly();
}
