import "fake-indexeddb/auto";

import assert from "node:assert/strict";
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, test } from "node:test";

import { hold, lock } from "../../static/js/keys.js";
import {
  dropFiles, dropPages, filesOf, isToBeKept, keepPage, keptPages, mayBeKept, pageAt, starts,
} from "../../static/js/shelf.js";

const PAGE = '<link rel="stylesheet" href="/static/dist/app-A.css" integrity="sha384-c">' +
  '<script type="module" src="/static/dist/visit-B.js" integrity="sha384-v"></script>' +
  '<link rel="icon" href="/static/img/favicon.svg"><a href="/static/dist/other-C.js">';

const keys = {};
for (const person of ["li", "wang"]) {
  keys[person] = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

let network;
let boxes;

const unlockedBy = (person) => hold({ person, name: person, username: person, key: keys[person], idleMs: 1e9 });

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  await unlockedBy("li");
  network = [];
  boxes = new Map();
  globalThis.Request = class { constructor(url) { this.url = new URL(url, "http://ours").href; } };
  globalThis.caches = {
    keys: async () => [...boxes.keys()],
    delete: async (name) => boxes.delete(name),
    open: async (name) => boxes.get(name) ?? boxes.set(name, box()).get(name),
  };
});

function box() {
  const kept = new Map();
  const name = (request) => new URL(request.url ?? request, "http://ours").pathname;
  return {
    keys: async () => [...kept.keys()].map((path) => ({ url: `http://ours${path}` })),
    matchAll: async () => [...kept.values()].map((response) => response.clone()),
    match: async (request) => kept.get(name(request))?.clone(),
    put: async (request, response) => void kept.set(name(request), response),
    delete: async (request) => kept.delete(name(request)),
    addAll: async (requests) => requests.forEach((request) => {
      network.push(name(request));
      kept.set(name(request), new Response("a file"));
    }),
  };
}

function page({ person = "li", mark = "1", type = "basic", status = 200, html = PAGE, headers: more } = {}) {
  const headers = { ...more, ...(mark && { "X-Offline-Page": mark }), ...(person && { "X-Offline-Person": person }) };
  const made = new Response(html, { status, headers });
  const clone = made.clone.bind(made);
  return Object.defineProperties(made, { type: { value: type }, clone: { value: clone } });
}

test("only the list and the page of a visit may be kept", () => {
  assert.ok(mayBeKept("/visits") && mayBeKept("/visits/0199a000-0000-7000-8000-000000000000"));
  for (const path of ["/", "/desk", "/visits/new", "/visits/x/photos/y", "/notices"]) {
    assert.equal(mayBeKept(path), false);
  }
});

test("a page names its built files, with their integrity", () => {
  assert.deepEqual(filesOf(PAGE), [
    ["/static/dist/app-A.css", "sha384-c"], ["/static/dist/visit-B.js", "sha384-v"],
  ]);
});

test("what is no page of ours, marked and for somebody, is not kept", () => {
  assert.ok(isToBeKept(page()));
  for (const other of [{ mark: "0" }, { mark: "" }, { person: "" }, { status: 503 }, { type: "opaque" }]) {
    assert.equal(isToBeKept(page(other)), false);
  }
});

test("a page is kept with its files, each fetched once, and then starts", async () => {
  await keepPage("/visits", page());
  await keepPage("/visits/1", page());
  assert.deepEqual(network, ["/static/dist/app-A.css", "/static/dist/visit-B.js"]);
  assert.ok(await starts("/visits"));
});

test("a page of which a file is missing does not start", async () => {
  await keepPage("/visits", page());
  await (await caches.open("files")).delete("/static/dist/visit-B.js");
  assert.equal(await starts("/visits"), false);
});

test("a kept page comes back whole, with what it may do", async () => {
  const headers = { "Content-Security-Policy": "default-src 'self'" };
  await keepPage("/visits", page({ headers }));
  const kept = await pageAt("/visits");
  assert.equal(await kept.text(), PAGE);
  assert.equal(kept.headers.get("Content-Security-Policy"), "default-src 'self'");
});

test("what is kept shows nothing of itself, and opens for nobody else", async () => {
  await keepPage("/visits/1", page({ html: `${PAGE}延安市` }));
  const [kept] = await boxes.get("pages-li").matchAll();
  assert.ok(!Buffer.from(await kept.arrayBuffer()).includes("延安市"));
  await unlockedBy("wang");
  assert.equal(await pageAt("/visits/1"), undefined);
  assert.deepEqual(await keptPages(), []);
  await lock();
  assert.equal(await pageAt("/visits/1"), undefined);
  await unlockedBy("li");
  assert.deepEqual((await keptPages()).map(({ path }) => path), ["/visits/1"]);
});

test("a page sealed for one address does not open at another", async () => {
  await keepPage("/visits/1", page());
  const [kept] = await boxes.get("pages-li").matchAll();
  await boxes.get("pages-li").put("/visits", kept);
  assert.equal(await pageAt("/visits"), undefined);
});

test("a page is kept only for who has the tablet unlocked, and goes when they sign out", async () => {
  assert.equal(await keepPage("/visits", page({ person: "wang" })), false);
  await keepPage("/visits", page());
  await dropPages("li");
  assert.equal(await pageAt("/visits"), undefined);
  await lock();
  assert.equal(await keepPage("/visits", page()), false);
});

test("a new version leaves what a kept page still needs", async () => {
  await keepPage("/visits", page());
  await (await caches.open("files")).addAll([new Request("/static/dist/stale-D.js")]);
  await lock(); // it may be installed while nobody can open what is kept
  await dropFiles(["/offline"]);
  await unlockedBy("li");
  assert.ok(await starts("/visits"));
  assert.equal(await (await caches.open("files")).match("/static/dist/stale-D.js"), undefined);
});
