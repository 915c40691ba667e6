// One photo, large, with its caption; here it can be taken away. And where its picture comes from:
// this tablet, or the server when the tablet does not hold it.

import { listen, Typing } from "../typing.js";
import { dayAndClock, say } from "../words.js";
import { page, record, twice } from "./recording.js";

/** @type {Map<string, Promise<string | null>>} addresses of thumbnails, by SHA-256 */
const thumbs = new Map();
let opened = { photo: null, part: null };
let dialog = null;
let typing = null;

/** The address of a small picture; null when this browser cannot show it. @param {object} photo */
export function thumbOf(photo) {
  if (!thumbs.has(photo.sha256)) thumbs.set(photo.sha256, findThumb(photo));
  return thumbs.get(photo.sha256);
}

/** How far a photo has come, in words. @param {object} photo */
export function stateOf(photo) {
  if (photo.trouble) return say("photo.refused");
  return say(page.state.photoArrived(photo) ? "state.received" : "photo.waiting");
}

/** Show a photo. @param {string} id @param {Element} part where it stands, which records changes */
export function openPhoto(id, part) {
  dialog ??= prepareDialog();
  const photo = page.state.photos.get(id);
  opened = { photo: id, part };
  const image = dialog.querySelector("img");
  image.removeAttribute("src");
  image.alt = photo.caption || say("photo.of", { n: "", item: photo.item ?? "" });
  wholeOf(photo).then((url) => url && opened.photo === id && (image.src = url));
  const trouble = photo.trouble?.code === "photo.lost" ? say("photo.lost") : photo.trouble?.sentence;
  dialog.querySelector("[data-about]").textContent =
    [dayAndClock(photo.taken_at), stateOf(photo), trouble].filter(Boolean).join(" · ");
  const caption = dialog.querySelector("[data-caption]");
  caption.value = photo.caption;
  typing.settle(photo.caption);
  dialog.showModal();
}

function prepareDialog() {
  const made = document.getElementById("photo");
  const act = (kind, payload) =>
    record(opened.part, { ops: [{ kind, payload: { photo: opened.photo, ...payload } }] });
  typing = new Typing((caption) => act("photo.caption", { caption }));
  listen(made.querySelector("[data-caption]"), typing);
  twice(made.querySelector("[data-remove]"), say("again"), () => {
    typing.flush();
    act("photo.remove", {});
    made.close();
  });
  for (const button of made.querySelectorAll("[data-close]")) {
    button.addEventListener("click", () => made.close());
  }
  made.addEventListener("close", () => {
    typing.flush();
    const image = made.querySelector("img");
    if (image.src.startsWith("blob:")) URL.revokeObjectURL(image.src);
  });
  return made;
}

async function findThumb(photo) {
  const kept = await page.store.picture(photo.sha256).catch(() => null);
  if (kept?.thumb) return URL.createObjectURL(new Blob([kept.thumb], { type: "image/jpeg" }));
  return (photo.received && photo.thumb_url) || null;
}

async function wholeOf(photo) {
  const kept = await page.store.picture(photo.sha256).catch(() => null);
  if (kept?.thumb) return URL.createObjectURL(new Blob([kept.bytes], { type: kept.type }));
  return (photo.received && photo.url) || null;
}
