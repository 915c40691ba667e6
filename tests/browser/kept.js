// Read by test_offline_lock.py: everything that this origin keeps, as text: every row of every
// database, every answer of every cache. Bytes are read as UTF-8, keys by their name only.
async () => {
  const texts = [];
  const say = (where, value) => {
    if (value instanceof CryptoKey) texts.push(`${where} CryptoKey`);
    else if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
      texts.push(`${where} ${new TextDecoder().decode(value)}`);
    } else if (value && typeof value === "object") {
      for (const name of Object.keys(value)) say(`${where}.${name}`, value[name]);
    } else texts.push(`${where} ${value}`);
  };
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  for (const { name } of await indexedDB.databases()) {
    const db = await done(indexedDB.open(name));
    for (const table of db.objectStoreNames) {
      const store = db.transaction(table).objectStore(table);
      say(`${name}/${table}`, await done(store.getAll()));
    }
    db.close();
  }
  for (const name of await caches.keys()) {
    if (name === "files") continue; // the app itself, the same for everybody
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const answer = await cache.match(request);
      say(`${name} ${request.url} ${[...answer.headers]}`, await answer.arrayBuffer());
    }
  }
  for (const storage of [localStorage, sessionStorage]) say("storage", { ...storage });
  return texts;
}
