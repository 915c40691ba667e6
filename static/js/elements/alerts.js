// What the inspector must know wherever they are on the page: not saved, signed out, not accepted.

import { dayAndClock, say } from "../words.js";

let shown = "";

/**
 * @param {object} of
 * @param {string} [of.fatal] key of the sentence why nothing can be recorded
 * @param {string} [of.unsaved] key of the sentence why not all is saved @param {{phase: string, sentence: string}} [of.sender]
 * @param {object[]} [of.rejected] operations that the server refused
 */
export function showAlerts({ fatal, unsaved, sender, rejected = [] }) {
  const box = document.querySelector("[data-alerts]");
  const wanted = JSON.stringify([fatal, unsaved, sender?.phase, sender?.sentence, rejected.length]);
  if (wanted === shown) return; // it is read aloud when it changes
  shown = wanted;
  const alerts = [];
  if (fatal) alerts.push(alert("error", say(fatal)));
  if (unsaved) alerts.push(alert("error", say(unsaved), unsaved === "alert.full" ? toUnsent() : ""));
  if (sender?.phase === "sign_in") alerts.push(alert("warn", say("alert.sign_in"), signIn()));
  if (sender?.phase === "hold") alerts.push(alert("warn", `${say("alert.hold")} ${sender.sentence}`));
  if (sender?.phase === "stuck") alerts.push(alert("error", `${say("alert.stuck")} ${sender.sentence}`));
  if (rejected.length) alerts.push(alert("warn", say("alert.rejected", { n: rejected.length }), list(rejected), toUnsent()));
  box.replaceChildren(...alerts);
}

function alert(kind, sentence, ...more) {
  const words = document.createElement("div");
  words.append(sentence, " ", ...more);
  const flash = document.createElement("div");
  flash.className = `flash ${kind}`;
  flash.append(words);
  return flash;
}

function signIn() {
  const link = document.createElement("a");
  link.href = `/sign-in?next=${encodeURIComponent(location.pathname)}`;
  link.textContent = say("alert.sign_in_link");
  link.dataset.signIn = "";
  return link;
}

function toUnsent() {
  const link = document.createElement("a");
  link.href = "/unsent";
  link.target = "_blank"; // this page must stay open while something on it is not saved
  link.textContent = say("alert.rejected_more");
  return link;
}

function list(rejected) {
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = say("alert.rejected_show");
  const lines = rejected.map(({ payload, kind, at, reason }) => {
    const line = document.createElement("li");
    line.textContent = say("rejected.entry", {
      item: payload.item ?? kind, time: dayAndClock(at), reason: reason.sentence ?? reason.code,
    });
    return line;
  });
  const ul = document.createElement("ul");
  ul.append(...lines);
  details.append(summary, ul);
  return details;
}
