// A file from the camera or the gallery becomes a photo that can be kept. The work is done in a worker,
// so that the page answers meanwhile; where that fails, the page does it itself.

import { exifTime } from "./exif.js";
import { develop, keepAsItIs, MAX_BYTES, Refused } from "./picture.js";

const PATIENCE_MS = 30_000;

/** The bytes of a file. @param {File} file @returns {Promise<ArrayBuffer>} @throws {Refused} */
export async function read(file) {
  if (file.size > MAX_BYTES) throw new Refused("photo.too_large");
  let bytes;
  try {
    bytes = await file.arrayBuffer();
  } catch {
    throw new Refused("photo.unreadable");
  }
  if (!bytes.byteLength) throw new Refused("photo.unreadable");
  return bytes;
}

/**
 * Make the bytes of a photo ready to be kept, with what was drawn on it.
 * @param {ArrayBuffer} original
 * @param {import("./marks.js").Mark[]} [marks]
 * @returns {Promise<import("./picture.js").Kept>}
 * @throws {Refused}
 */
export async function prepare(original, marks = []) {
  const answer = await ask(original, marks).catch(() => ({ unable: true }));
  if (answer.refused) throw new Refused(answer.refused);
  if (answer.kept) return answer.kept;
  return develop(original, marks).catch((error) => {
    if (error instanceof Refused || marks.length) throw error;
    return keepAsItIs(original); // no room to decode it: rather large than lost
  });
}

/**
 * When a photo was taken, and who says so: the camera in its EXIF, the file, or this tablet's clock.
 * What lies in the future is not believed.
 * @param {{lastModified: number}} file @param {ArrayBuffer} bytes @param {number} now
 * @returns {{taken_at: string, taken_from: "exif" | "file" | "clock"}}
 */
export function takenAt(file, bytes, now = Date.now()) {
  const said = [["exif", exifTime(bytes)], ["file", file.lastModified]];
  const [taken_from, time] = said.find(([, at]) => at > 0 && at <= now) ?? ["clock", now];
  return { taken_at: new Date(time).toISOString(), taken_from };
}

let worker = null;
let turn = 0;

/** Let the worker do it. One that fails or falls silent is given up; the next photo gets a new one. */
async function ask(original, marks) {
  worker ??= new Worker(document.querySelector("link[data-worker=photo]").href);
  const mine = worker;
  const id = ++turn;
  let done;
  try {
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(reject, PATIENCE_MS);
      const hear = ({ data }) => data.id === id && resolve(data);
      mine.addEventListener("message", hear);
      mine.addEventListener("error", reject);
      done = () => {
        clearTimeout(timer);
        mine.removeEventListener("message", hear);
        mine.removeEventListener("error", reject);
      };
      // A copy goes, not the bytes themselves: they must still be here when the worker dies.
      mine.postMessage({ id, original, marks });
    });
  } catch (error) {
    mine.terminate();
    if (worker === mine) worker = null;
    throw error;
  } finally {
    done?.();
  }
}
