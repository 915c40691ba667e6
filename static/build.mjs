// Bundles the scripts and styles of static/ into static/dist/NAME-HASH.EXT, and writes there
// manifest.json: 'app.js' → {url, integrity, imports}, and 'chunks', a list of what several entries
// share; and sw.js, the service worker, which knows them all.
// Run by bin/_setup.sh, or by hand: npm run build

import { build } from "esbuild";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL(".", import.meta.url)));
const known = "dist/manifest.json";
const before = existsSync(known) ? JSON.parse(readFileSync(known)) : {};

const common = {
  absWorkingDir: process.cwd(),
  outdir: "dist",
  entryNames: "[name]-[hash]",
  bundle: true,
  minify: true,
  target: ["safari16", "chrome110"],
  legalComments: "linked",
  metafile: true,
};
const stop = () => process.exit(1); // esbuild has said why
const pages = await build({
  ...common,
  entryPoints: [
    "js/app.js", "js/visit.js", "js/visits.js", "js/unsent-page.js", "js/offline.js", "js/fresh.js",
    "css/app.css",
  ],
  assetNames: "[name]-[hash]",
  chunkNames: "chunk-[hash]",
  splitting: true,
  format: "esm",
  loader: { ".png": "file", ".svg": "file" },
}).catch(stop);
// Dedicated workers are classic scripts in one file each: a page names the file, and that is all.
const workers = await build({ ...common, entryPoints: ["js/photo-worker.js"], format: "iife" }).catch(stop);
const outputs = { ...pages.metafile.outputs, ...workers.metafile.outputs };

const after = { chunks: [] };
for (const [path, { entryPoint, imports }] of Object.entries(outputs)) {
  if (entryPoint && !isChunk(path)) {
    after[basename(entryPoint)] = { ...describe(basename(path)), imports: needs(imports) };
  } else if (!path.endsWith(".LEGAL.txt")) after.chunks.push(describe(basename(path)));
}

if (JSON.stringify(after) !== JSON.stringify(before)) {
  writeFileSync(known, JSON.stringify(after, null, 2));
  // Pages that are open still ask for the files of the build before this one; older files go.
  const wanted = [...files(before), ...files(after)];
  const isStale = (name) => !wanted.includes(name.replace(".LEGAL.txt", ""));
  const built = readdirSync("dist").filter((name) => /-[0-9A-Z]{8}\./.test(name));
  built.filter(isStale).forEach((name) => rmSync(`dist/${name}`));
}

// The worker keeps its name: a tablet asks for it again by that. Its version is what it keeps.
const built = Object.values(after).flat().map(({ url, integrity }) => [url, integrity]);
const precache = [...built, ["/static/img/favicon.svg"], ["/manifest.webmanifest"], ["/offline"]];
const version = createHash("sha256").update(JSON.stringify(precache)).digest("hex").slice(0, 12);
await build({
  absWorkingDir: process.cwd(),
  entryPoints: ["js/sw.js"],
  outfile: "dist/sw.js",
  bundle: true,
  format: "iife",
  minify: true,
  target: ["safari16", "chrome110"],
  define: { PRECACHE: JSON.stringify(precache), VERSION: JSON.stringify(version) },
}).catch(stop);

// What a page should fetch along with an entry; not what the entry fetches only when it is needed.
function needs(imports) {
  const ours = imports.filter(({ kind, path }) => kind === "import-statement" && path);
  const deeper = ours.flatMap(({ path }) => needs(outputs[path].imports));
  const own = ours.map(({ path }) => describe(basename(path)));
  return [...new Map([...own, ...deeper].map((file) => [file.url, file])).values()];
}

function isChunk(path) {
  return basename(path).startsWith("chunk-");
}

function describe(name) {
  const hash = createHash("sha384").update(readFileSync(`dist/${name}`)).digest("base64");
  return { url: `/static/dist/${name}`, integrity: `sha384-${hash}` };
}

function files({ chunks = [], ...entries }) {
  return [...chunks, ...Object.values(entries)].map(({ url }) => basename(url));
}
