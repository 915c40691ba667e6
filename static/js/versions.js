// The service worker as a page sees it: registering it, and the version that waits behind it.

const ANSWER_MS = 3000;
const INSTALL_MS = 20_000;

/** Have the worker installed and its updates looked for. @returns {Promise<ServiceWorkerRegistration | null>} */
export async function register() {
  if (!navigator.serviceWorker) return null;
  return navigator.serviceWorker.register("/service-worker.js", { updateViaCache: "none" }).catch(() => null);
}

/** Tell of a version that waits, now or as soon as there is one. */
export function watch(registration, offer) {
  const look = () => registration.waiting && registration.active && offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", look);
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) registration.update().catch(() => {}); // a page may stay open for days
  });
  look();
}

/** Ask a waiting version to begin. @returns {Promise<string>} "taken", or "visit_open" when it must wait */
export const takeOver = (worker) => ask(worker, "SKIP_WAITING");

/** Whether the worker answers for this page: it is there, in charge, and runs. */
export async function isAtWork() {
  const controller = await within(INSTALL_MS, inCharge());
  return Boolean(controller && (await ask(controller, "VERSION")));
}

/** The worker in charge of this page, as soon as there is one. */
function inCharge() {
  const { serviceWorker } = navigator;
  if (serviceWorker.controller) return Promise.resolve(serviceWorker.controller);
  return new Promise((resolve) => {
    const taken = () => resolve(serviceWorker.controller);
    serviceWorker.addEventListener("controllerchange", taken, { once: true });
    // A page that was on its way while the worker began is overlooked by it.
    serviceWorker.ready.then(({ active }) => active.postMessage("CLAIM"));
  });
}

function ask(worker, question) {
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((resolve) => { port1.onmessage = ({ data }) => resolve(data); });
  worker.postMessage(question, [port2]);
  return within(ANSWER_MS, answer);
}

/** What a promise gives, or undefined when it takes too long. */
function within(ms, promise) {
  return Promise.race([promise, new Promise((resolve) => { setTimeout(resolve, ms); })]);
}
