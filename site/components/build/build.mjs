// Rebuilds what site/static/vendor holds from the packages named in package.json.
//   npm ci && npm run build     writes it
//   npm run check               compares, and fails when a byte differs
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import rtlcss from "rtlcss";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..", "..");
const vendor = join(root, "site", "static", "vendor");
const modules = join(root, "node_modules");
const version = (name) => JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8")).version;
const from = (name, file) => readFileSync(join(modules, name, file));
const packages = {}; // "name/version" -> { file: bytes }

// GOV.UK Frontend: styles in our own layer, so that our sheets always win without !important.
const compiled = sass.compile(join(here, "govuk.scss"), { style: "compressed", quietDeps: true }).css.replace(/^\uFEFF/, "");
const layered = (css) => `@layer vendor,tokens,base,components,utilities;@layer vendor{${css.replace('@charset "UTF-8";', "")}}\n`;
const script = await esbuild.build({
  entryPoints: [join(here, "govuk.mjs")],
  nodePaths: [modules],
  absWorkingDir: root,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2020"],
  legalComments: "none",
  write: false,
});
packages[`govuk-frontend/${version("govuk-frontend")}`] = {
  "govuk-frontend.css": layered(compiled),
  "govuk-frontend.rtl.css": layered(rtlcss.process(compiled)),
  "govuk-frontend.js": Buffer.from(script.outputFiles[0].contents),
  LICENSE: readFileSync(join(here, "LICENSE.govuk-frontend")),
};

// Leaflet: loaded only when someone asks to move a map.
const leaflet = await esbuild.build({
  entryPoints: [join(modules, "leaflet", "dist", "leaflet-src.esm.js")],
  minify: true,
  format: "esm",
  target: ["es2020"],
  legalComments: "inline",
  write: false,
});
const pictures = ["layers.png", "layers-2x.png", "marker-icon.png"]; // named by its style sheet
packages[`leaflet/${version("leaflet")}`] = {
  "leaflet.js": Buffer.from(leaflet.outputFiles[0].contents),
  "leaflet.css": from("leaflet", "dist/leaflet.css"),
  LICENSE: from("leaflet", "LICENSE"),
  ...Object.fromEntries(pictures.map((name) => [`images/${name}`, from("leaflet", `dist/images/${name}`)])),
};

// Fonts: the Latin letters, and those of Welsh, Polish, Romanian, Turkish and the like beside them.
const fonts = [
  ["atkinson-hyperlegible-next", "@fontsource-variable/atkinson-hyperlegible-next", "wght-normal"],
  ["young-serif", "@fontsource/young-serif", "400-normal"],
];
for (const [name, source, cut] of fonts) {
  const files = { LICENSE: from(source, "LICENSE") };
  for (const subset of ["latin", "latin-ext"]) {
    files[`${name}-${subset}.woff2`] = from(source, `files/${name}-${subset}-${cut}.woff2`);
  }
  packages[`${name}/${version(source)}`] = files;
}

const wrong = [];
for (const [folder, files] of Object.entries(packages)) {
  const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");
  files.SHA256SUMS = Object.keys(files)
    .sort()
    .map((name) => `${digest(files[name])}  ${name}\n`)
    .join("");
  const target = join(vendor, folder);
  if (!process.argv.includes("--check")) {
    rmSync(target, { recursive: true, force: true });
    for (const [name, bytes] of Object.entries(files)) {
      mkdirSync(dirname(join(target, name)), { recursive: true });
      writeFileSync(join(target, name), bytes);
    }
    continue;
  }
  for (const [name, bytes] of Object.entries(files)) {
    const path = join(target, name);
    if (!existsSync(path) || digest(readFileSync(path)) !== digest(bytes)) wrong.push(relative(root, path));
  }
  if (existsSync(target)) {
    for (const name of readdirSync(target, { recursive: true }))
      if (!(name in files) && name !== "images") wrong.push(relative(root, join(target, name)));
  }
}
if (wrong.length) {
  console.error(`Differs from what the packages give:\n  ${wrong.join("\n  ")}\nRun npm run build and look at the change.`);
  process.exit(1);
}
