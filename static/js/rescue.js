// When the browser's storage process dies (iPads do that when memory is short), this document cannot
// reach the database any more, however often it is opened again; a new document can (offline.md 3.4).
// So the action is written from a hidden one: with the same code and the same operations, so that a
// first attempt that comes through late after all does not double them.

const TRIES = 6;
const PATIENCE_MS = 3000;

/**
 * Write an action through a fresh document.
 * @param {import("./store.js").Store} store @param {import("./recorder.js").Action} action
 * @returns {Promise<void>} when the disk has it; rejects when six fresh documents could not write it
 */
export async function rescue(store, action) {
  const sealed = await store.sealed(action);
  for (let left = TRIES; ; left -= 1) {
    try {
      await throughFreshDocument(store.person, sealed);
      return store.told(action);
    } catch (error) {
      if (left === 1 || error?.name === "QuotaExceededError") throw error;
    }
  }
}

async function throughFreshDocument(person, sealed) {
  const frame = document.createElement("iframe"); // about:blank, which is as much ours as this page
  frame.hidden = true;
  document.body.append(frame);
  try {
    const late = new Promise((_, reject) => {
      setTimeout(() => reject(new Error("a fresh document was silent")), PATIENCE_MS);
    });
    await Promise.race([late, written(frame, person, sealed)]);
  } finally {
    frame.remove();
  }
}

async function written(frame, person, sealed) {
  const { href, integrity } = document.querySelector("link[data-entry='fresh.js']");
  const script = frame.contentDocument.createElement("script");
  Object.assign(script, { type: "module", src: href, integrity });
  await new Promise((resolve, reject) => {
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(new Error("a fresh document has no script")));
    frame.contentDocument.head.append(script);
  });
  await frame.contentWindow.enterAction(person, sealed);
}
