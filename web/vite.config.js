// Builds the replay into the Python package: a page, one classic script, one style sheet, the licences.
// Everything the globe needs (workers, imagery) is inlined in the script, so that the page opens from a server on
// 127.0.0.1 and from a folder by double click alike, and asks for nothing from anywhere.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build, defineConfig } from "vite";

const here = fileURLToPath(new URL(".", import.meta.url));
const modules = join(here, "node_modules");
const engine = join(modules, "@cesium/engine");

/** What the globe does beside the page's thread: each worker of Cesium that it uses, as one classic script. */
const WORKERS = ["createVerticesFromHeightmap", "incrementallyBuildTerrainPicker", "transferTypedArrayTest"];

async function workers() {
  const texts = {};
  for (const name of WORKERS) {
    const made = await build({
      configFile: false,
      logLevel: "error",
      root: here,
      build: {
        write: false,
        target: "es2022",
        lib: { entry: join(engine, `Source/Workers/${name}.js`), formats: ["iife"], name, fileName: () => `${name}.js` },
      },
    });
    texts[name] = [made].flat()[0].output[0].code;
  }
  return texts;
}

/** Natural Earth II as it comes with Cesium (public domain), tile by tile as data URLs: "level/x/y" -> URL. */
function imagery() {
  const root = join(engine, "Source/Assets/Textures/NaturalEarthII");
  const tiles = {};
  for (const name of readdirSync(root, { recursive: true })) {
    const path = join(root, name);
    if (!statSync(path).isFile() || !path.endsWith(".jpg")) continue;
    const key = relative(root, path).split(sep).join("/").replace(/\.jpg$/, "");
    tiles[key] = `data:image/jpeg;base64,${readFileSync(path).toString("base64")}`;
  }
  return tiles;
}

/** Coasts and borders, Natural Earth 1:50m (public domain) as TopoJSON, without names. */
function borders() {
  const { arcs, objects, transform, type } = JSON.parse(readFileSync(join(modules, "world-atlas/countries-50m.json"), "utf8"));
  const geometries = objects.countries.geometries.map((one) => ({ type: one.type, arcs: one.arcs }));
  return { type, transform, arcs, objects: { countries: { type: "GeometryCollection", geometries } } };
}

const VIRTUAL = { "virtual:workers": workers, "virtual:imagery": imagery, "virtual:borders": borders };

/**
 * Places where Cesium would ask for a file, or write a style into the page against its Content-Security-Policy:
 * file, what stands there, what stands there instead. The build stops where a new Cesium reads otherwise.
 */
const CHANGES = [
  // workers come from the page, as blobs, with nothing loaded from them
  ["Core/TaskProcessor.js", "function createWorker(url) {", `import WORKERS from "virtual:workers";
function createWorker(url) {
  const text = WORKERS[url.replace(/\\.js$/, "")];
  if (text) return new Worker(urlFromScript(text));`],
  // heights of terrain for shapes clamped to it: there is neither here
  ["Core/ApproximateTerrainHeights.js", `initPromise = Resource.fetchJson(
    buildModuleUrl("Assets/approximateTerrainHeights.json"),
  ).then(function (json) {`, "initPromise = Promise.resolve({}).then(function (json) {"],
  // the earth's pole to the milliarcsecond, for the place of the stars: the classic formula will do
  ["Core/Iau2006XysData.js", "const promise = chunkUrl.fetchJson().then(function (chunk) {", `const promise = new Promise(() => {}).then(function (chunk) {`],
  // credits stand at the foot of the globe, styled by our own style sheet
  ["Scene/CreditDisplay.js", "shadowRootOrDocumentHead.appendChild(styleElem);", ""],
  ["Scene/CreditDisplay.js", "styleElem.innerHTML = style;", ""],
  ["Scene/CreditDisplay.js", "getDefaultCredit();\n      return CreditDisplay._cesiumCredit;", "return undefined;"],
  ["Core/FeatureDetection.js", `canvas.setAttribute(
      "style",
      "image-rendering: -moz-crisp-edges;" + "image-rendering: pixelated;",
    );`, 'canvas.style.imageRendering = "pixelated";'],
];

function inlined() {
  return {
    name: "parapet-inlined",
    enforce: "pre",
    resolveId: (id) => (id in VIRTUAL ? `\0${id}` : null),
    async load(id) {
      const make = VIRTUAL[id.slice(1)];
      return id.startsWith("\0virtual:") && make ? `export default JSON.parse(${JSON.stringify(JSON.stringify(await make()))});` : null;
    },
    transform(code, id) {
      const changes = CHANGES.filter(([file]) => id.endsWith(`/@cesium/engine/Source/${file}`));
      if (!changes.length) return null;
      let changed = code;
      for (const [file, before, after] of changes) {
        if (changed.split(before).length !== 2) throw new Error(`${file} of Cesium has changed: see CHANGES in vite.config.js`);
        changed = changed.replace(before, () => after);
      }
      return { code: changed, map: null };
    },
  };
}

/** Licences of what is in the bundle, beside it. */
function licences() {
  return {
    name: "parapet-licences",
    generateBundle() {
      const parts = [
        ["CesiumJS (@cesium/engine), Apache License 2.0, with the notices of what it contains", join(engine, "LICENSE.md")],
        ["milsymbol, MIT License", join(modules, "milsymbol/LICENSE")],
        ["polygon-clipping, MIT License", join(modules, "polygon-clipping/LICENSE.md")],
        ["topojson-client, ISC License", join(modules, "topojson-client/LICENSE")],
        ["world-atlas, ISC License (data: Natural Earth)", join(modules, "world-atlas/LICENSE")],
      ].map(([title, path]) => `${title}\n${"=".repeat(title.length)}\n\n${readFileSync(path, "utf8").trim()}\n`);
      parts.push("Natural Earth II imagery and 1:50m lines, public domain (naturalearthdata.com)\n");
      this.emitFile({ type: "asset", fileName: "licences.txt", source: parts.join("\n\n") });
    },
  };
}

/** The page loads one classic script with `defer`: module scripts do not load from a folder. */
function classic() {
  return {
    name: "parapet-classic",
    enforce: "post",
    transformIndexHtml: (html) =>
      html
        .replace(/<script type="module"[^>]*src="([^"]+)"[^>]*><\/script>/, '<script defer src="$1"></script>')
        .replace(/<link rel="stylesheet" crossorigin/, '<link rel="stylesheet"'),
  };
}

/** Parts of Cesium that the replay never reaches (splat clouds, compressed meshes): left out. */
const UNUSED = ["@spz-loader/core", "@cesium/wasm-splats", "meshoptimizer"];

function without() {
  return {
    name: "parapet-without",
    enforce: "pre",
    resolveId: (id) => (UNUSED.includes(id) ? `\0without:${id}` : null),
    load: (id) =>
      id.startsWith("\0without:")
        ? "const none = () => { throw new Error('left out of this build'); };\nexport { none as loadSpz, none as initSync, none as generate_splat_texture, none as radix_sort_gaussians_indexes, none as GSplatData, none as MeshoptDecoder };\nexport default none;"
        : null,
  };
}

export default defineConfig({
  base: "./",
  define: { CESIUM_BASE_URL: JSON.stringify("./none/") },
  // milsymbol by parts: the symbol sets that the replay uses, a tenth of it
  resolve: { alias: { "milsymbol-parts": join(modules, "milsymbol/index.mjs") } },
  plugins: [without(), inlined(), licences(), classic()],
  build: {
    outDir: join(here, "../src/parapet/web/static"),
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    chunkSizeWarningLimit: 8000,
    assetsInlineLimit: 0,
    rolldownOptions: {
      // the script is no module, and Cesium asks whether it is: as it should be
      onLog: (level, log, tell) => log.code !== "EMPTY_IMPORT_META" && tell(level, log),
      output: { format: "iife", entryFileNames: "replay.js", assetFileNames: "replay[extname]", codeSplitting: false },
    },
  },
});
