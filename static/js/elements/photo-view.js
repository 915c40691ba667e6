// One photo, large, with its caption; here it can be taken away. And where its picture comes from:
// this tablet, or the server when the tablet does not hold it.

import { prepare } from "../photos.js";
import { listen, Typing } from "../typing.js";
import { uuid7 } from "../uuid7.js";
import { dayAndClock, say } from "../words.js";
import { editPhoto } from "./photo-editor.js";
import { page, record, twice } from "./recording.js";

/** @type {Map<string, string>} addresses of thumbnails, by SHA-256 */
const thumbs = new Map();
let opened = { photo: null, part: null };
let dialog = null;
let typing = null;

/** Show a photo before it is on the disk. @param {import("../picture.js").Kept} kept */
export function offerThumb({ sha256, thumb }) {
  if (thumb && !thumbs.has(sha256)) thumbs.set(sha256, urlOf(thumb, "image/jpeg"));
}

/** The address of a small picture; null when this browser cannot show it. @param {object} photo */
export async function thumbOf(photo) {
  const { sha256 } = photo;
  if (!thumbs.has(sha256)) {
    const kept = await page.store.thumb(sha256).catch(() => null);
    const url = kept ? urlOf(kept, "image/jpeg") : (photo.received && photo.thumb_url) || null;
    if (!url) return null;
    thumbs.set(sha256, url);
  }
  return thumbs.get(sha256);
}

/** How far a photo has come, in words. @param {object} photo */
export function stateOf(photo) {
  if (photo.trouble) return say("photo.refused");
  return say(`state.${page.state.markOf(photo)}`);
}

/** Show a photo. @param {string} id @param {Element} part where it stands, which records changes */
export function openPhoto(id, part) {
  dialog ??= prepareDialog();
  const photo = page.state.photos.get(id);
  opened = { photo: id, part };
  const image = dialog.querySelector("img");
  image.removeAttribute("src");
  image.hidden = true;
  const edit = dialog.querySelector("[data-edit]");
  edit.hidden = true;
  tell("");
  image.alt = photo.caption || say("photo.of", { n: "", item: photo.item ?? "" });
  wholeOf(photo).then((url) => {
    if (!url || opened.photo !== id) return;
    image.src = url;
    image.hidden = edit.hidden = false;
  });
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
  made.querySelector("[data-edit]").addEventListener("click", edit);
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

/** Draw on the photo that is open: the picture that results takes its place, and it goes. */
async function edit() {
  typing.flush();
  const photo = page.state.photos.get(opened.photo);
  const { part } = opened;
  const bytes = await bytesOf(photo);
  if (!bytes) return tell(say("photo.not_here"));
  const isSaved = await editPhoto(bytes, async (marks) => {
    const kept = await prepare(bytes, marks);
    offerThumb(kept);
    await replace(photo, kept, part).catch(() => { throw new Error(say("photo.no_room")); });
  });
  if (isSaved) dialog.close();
}

/** One action: the tablet holds the one picture or the other, never none. */
async function replace(photo, kept, part) {
  const { id, item, practice, stage, caption, taken_at, taken_from } = photo;
  const payload = { photo: uuid7(), sha256: kept.sha256, item, practice, stage, caption, taken_at, taken_from };
  const ops = [{ kind: "photo.add", payload }, { kind: "photo.remove", payload: { photo: id } }];
  await record(part, { ops, blobs: [kept] });
  const isUsed = [...page.state.photos.values()].some((other) => !other.removed && other.sha256 === photo.sha256);
  if (!isUsed && thumbs.has(photo.sha256)) URL.revokeObjectURL(thumbs.get(photo.sha256));
  if (!isUsed) thumbs.delete(photo.sha256);
}

async function bytesOf(photo) {
  const kept = await shownOf(photo);
  if (kept) return kept.bytes;
  const answer = photo.received && photo.url && (await fetch(photo.url).catch(() => null));
  return answer?.ok && !answer.redirected ? answer.arrayBuffer() : null;
}

function tell(sentence) {
  const line = dialog.querySelector(".error");
  line.textContent = sentence;
  line.hidden = !sentence;
}

async function wholeOf(photo) {
  const kept = await shownOf(photo);
  if (kept) return urlOf(kept.bytes, kept.type);
  return (photo.received && photo.url) || null;
}

/** The picture that this tablet keeps, if this browser can show its format: then it has a thumbnail. */
async function shownOf({ sha256 }) {
  const isShown = await page.store.thumb(sha256).catch(() => null);
  return isShown ? page.store.picture(sha256) : null;
}

const urlOf = (bytes, type) => URL.createObjectURL(new Blob([bytes], { type }));
