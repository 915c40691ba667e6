// What every page does beyond HTML: htmx, one press a form, questions before, dialogs, what went wrong.
import "htmx.org";

document.addEventListener("submit", lookBeforeLeaving, { capture: true });
document.addEventListener("submit", turnOutBeforeSigningIn, { capture: true });
document.addEventListener("submit", reachServerFirst, { capture: true });
document.addEventListener("submit", askFirst, { capture: true });
document.addEventListener("submit", sendOnce, { capture: true });
new MutationObserver(showProblem).observe(document.getElementById("problem"), { childList: true });
document.addEventListener("htmx:before:request", () => tell(""));
document.addEventListener("htmx:finally:request", (event) => release(event.target));
document.addEventListener("htmx:error", (event) => event.detail.ctx && tell("unreachable"));
document.addEventListener("htmx:response:error", (event) => {
  const { status, headers } = event.detail.ctx.response;
  if (status >= 500) tell("broken", headers.get("X-Fault"));
});
// A page taken back from the browser's memory still has its forms marked as sent.
window.addEventListener("pageshow", () => document.querySelectorAll("form").forEach(release));
document.querySelector(".toast .close").addEventListener("click", () => tell(""));
document.addEventListener("click", closeMenus);
document.addEventListener("change", tickAll);
document.addEventListener("click", turnOutBeforeGoing);
document.addEventListener("click", lockOnPress);
document.addEventListener("keydown", (event) => event.key === "Escape" && closeMenus(event));
if (!("commandForElement" in HTMLButtonElement.prototype)) {
  document.addEventListener("click", runCommand);
}

const { person } = document.getElementById("main").dataset;
// On a browser that keeps nothing there is nothing to lock.
if (person) import("./locking.js").then(({ watch }) => watch(person)).catch(() => {});
const signsIn = document.querySelector("[data-signs-in]");
if (signsIn) {
  import("./locking.js").then(async ({ nobodyIsIn, takenAway }) => {
    if (signsIn.dataset.signsIn === "taken-away") await takenAway();
    await nobodyIsIn();
  }).catch(() => {});
}

// Actions

/** A box that ticks all boxes of a name. */
function tickAll({ target }) {
  if (!target.dataset.ticks) return;
  for (const box of document.getElementsByName(target.dataset.ticks)) box.checked = target.checked;
}

async function lookBeforeLeaving(event) {
  const form = event.target;
  if (!("leaves" in form.dataset) || form.dataset.looked) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  try {
    const { mayLeave, reachServer } = await import("./leaving.js");
    await reachServer();
    if (!(await mayLeave(person))) return;
    form.dataset.looked = "yes";
    form.requestSubmit();
  } catch {
    tell("unreachable");
  }
}

/** Without a network the browser would put its own page in the place of one that works. */
async function reachServerFirst(event) {
  const form = event.target;
  if (!("online" in form.dataset) || form.dataset.reached) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  try {
    const { reachServer } = await import("./leaving.js");
    await reachServer();
    form.dataset.reached = "yes";
    form.requestSubmit(event.submitter);
  } catch {
    tell("unreachable");
  }
}

async function turnOutBeforeSigningIn(event) {
  const form = event.target;
  if (!("signsIn" in form.dataset) || form.dataset.turnedOut) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  try {
    const { comes } = await import("./locking.js");
    await comes(form.elements.username.value.trim());
    form.dataset.turnedOut = "yes";
    form.requestSubmit(event.submitter);
  } catch {
    tell("unreachable");
  }
}

/** Who will come back from the bank's own sign-in is not known yet. */
async function turnOutBeforeGoing(event) {
  const link = event.target.closest("a[data-signs-in]");
  if (!link) return;
  event.preventDefault();
  try {
    const { somebodyComes } = await import("./locking.js");
    await somebodyComes();
    location.assign(link.href);
  } catch {
    tell("unreachable");
  }
}

async function lockOnPress(event) {
  if (!event.target.closest("[data-lock]")) return;
  const { lockNow } = await import("./locking.js");
  await lockNow();
}

function askFirst(event) {
  const form = event.target;
  if (!form.dataset.confirm || form.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const dialog = document.getElementById("confirm");
  dialog.querySelector("h2").textContent = form.dataset.confirm;
  dialog.returnValue = "";
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "yes") return;
    form.dataset.confirmed = "yes";
    form.requestSubmit(event.submitter);
  }, { once: true });
  dialog.showModal();
}

function sendOnce(event) {
  const form = event.target;
  if (form.getAttribute("method") !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-disabled", "true");
}

function release(form) {
  if (!(form instanceof HTMLFormElement)) return;
  delete form.dataset.sent;
  delete form.dataset.confirmed;
  delete form.dataset.reached;
  delete form.dataset.turnedOut;
  form.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
}

/** @param {string} what went wrong @param {string | null} number under which the log has it */
function tell(what, number = null) {
  const problem = document.getElementById("problem");
  const said = problem.dataset[what] ?? "";
  problem.textContent = number ? `${said} (${number})` : said;
}

// A modal dialog covers the page and makes it deaf: what went wrong must be said inside it.
function showProblem() {
  const problem = document.getElementById("problem");
  const place = (problem.hasChildNodes() && document.querySelector("dialog:modal")) || document.body;
  if (problem.closest("dialog, body") !== place) place.append(problem.parentElement);
}

function closeMenus(event) {
  for (const menu of document.querySelectorAll(".menu[open]")) {
    if (event.key === "Escape" || !menu.contains(event.target)) menu.open = false;
  }
}

// For browsers older than the command attribute (Safari before 26.2).
function runCommand(event) {
  const button = event.target.closest("button[commandfor]");
  if (!button) return;
  const dialog = document.getElementById(button.getAttribute("commandfor"));
  if (button.getAttribute("command") === "close") dialog.close();
  else dialog.showModal();
}
