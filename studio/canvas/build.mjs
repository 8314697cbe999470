// Makes bundle/: per component one script, one stylesheet and the licences of what they contain.
// Same sources give the same bytes: CI rebuilds and compares. `node build.mjs canvas` makes only that one.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";

const ENTRIES = { canvas: "source/canvas/index.tsx", live: "source/live/index.ts", picture: "source/picture/index.tsx" };
const BUNDLE = "bundle";
const PREACT = {
  react: "preact/compat",
  "react-dom": "preact/compat",
  "react-dom/client": "preact/compat/client",
  "react/jsx-runtime": "preact/jsx-runtime",
};

process.chdir(import.meta.dirname);
const wanted = process.argv.slice(2);
const names = Object.keys(ENTRIES).filter((name) => existsSync(ENTRIES[name]));
const chosen = wanted.length > 0 ? wanted : names;
const made = Object.assign({}, ...(await Promise.all(chosen.map(bundled))));

// Everything is made before anything is replaced: a failed build leaves the old bundle whole.
if (wanted.length === 0) rmSync(BUNDLE, { recursive: true, force: true });
mkdirSync(BUNDLE, { recursive: true });
for (const [file, content] of Object.entries(made)) {
  writeFileSync(join(BUNDLE, file), content);
  console.log(`${BUNDLE}/${file}  ${(content.length / 1024).toFixed(1)} kB`);
}

async function bundled(name) {
  const licences = `${name}.licences.txt`;
  const banner = `/* licences: ${licences} */`;
  const result = await build({
    entryPoints: { [name]: ENTRIES[name] },
    outdir: BUNDLE,
    write: false,
    bundle: true,
    minify: true,
    metafile: true,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    alias: PREACT,
    define: { "process.env.NODE_ENV": '"production"' },
    banner: { js: banner, css: banner },
    logLevel: "warning",
  });
  const files = result.outputFiles.map((file) => [basename(file.path), Buffer.from(file.contents)]);
  const notices = Buffer.from(packages(result.metafile).map(notice).join("\n"));
  return Object.fromEntries([...files, [licences, notices]]);
}

function packages(metafile) {
  const folders = Object.keys(metafile.inputs)
    .map((path) => path.match(/^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0])
    .filter((folder) => folder !== undefined);
  return [...new Set(folders)].sort();
}

function notice(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).sort().find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(join(folder, file), "utf8").trim() : "(the package has no licence file)";
  return `== ${name} ${version} (${license})\n\n${text}\n`;
}
