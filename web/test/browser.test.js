// The replay in a real browser: what a person would see and do, in the battle of eighty and in one whose names are
// all markup. Called by `python web/build.py --test`; pictures (docs/images/replay-*.png among them) go to PARAPET_SHOTS
// if that names a folder.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test, { after, before } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const PYTHON = process.env.PARAPET_PYTHON ?? "python3";
const RUN = ["-c", "import sys; from parapet.cli import main; sys.exit(main())", "replay"];
const RAID = join(ROOT, "examples/raid-80.yaml");
const NASTY = join(ROOT, "tests/web/nasty.yaml");
const FLAGS = [
  "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist",
  "--disable-background-networking",
];
const SHOTS = process.env.PARAPET_SHOTS;

let browser;
let folder;
const servers = [];

/** Starts `parapet replay` and gives the address that it prints. */
function serve(file) {
  const child = spawn(PYTHON, [...RUN, file, "--no-browser"], { cwd: ROOT });
  servers.push(child);
  return new Promise((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (data) => {
      said += data;
      const url = said.match(/http:\/\/127\.0\.0\.1:\d+\//);
      if (url) resolve(url[0]);
    });
    let wrong = "";
    child.stderr.on("data", (data) => (wrong += data));
    child.on("exit", (code) => reject(new Error(`parapet replay ended with ${code}: ${wrong}`)));
  });
}

/** A page that keeps everything a test must know: errors, requests, broken rules. */
async function open(url, { width = 1280, height = 720 } = {}) {
  const context = await browser.newContext({ viewport: { width, height } });
  const page = await context.newPage();
  const seen = { errors: [], requests: [], dialogs: [] };
  page.on("pageerror", (error) => seen.errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && seen.errors.push(message.text()));
  page.on("request", (request) => seen.requests.push(request.url()));
  page.on("dialog", (dialog) => {
    seen.dialogs.push(dialog.message());
    dialog.dismiss();
  });
  const begin = performance.now();
  await page.goto(url);
  await page.waitForSelector("body.ready, #failure:not([hidden])", { timeout: 120000 });
  seen.ms = Math.round(performance.now() - begin);
  assert.equal(await page.locator("#failure").isVisible(), false, await page.locator("#failure").textContent());
  return { page, seen, close: () => context.close() };
}

/** Nothing went wrong, and nothing was asked from anywhere but the page's own server or folder. */
function assertQuiet(seen, origin) {
  assert.deepEqual(seen.errors, []);
  assert.deepEqual(seen.dialogs, []);
  const outside = seen.requests.filter((url) => !url.startsWith(origin) && !/^(data|blob):/.test(url));
  assert.deepEqual(outside, []);
}

const count = (page, family) =>
  page.evaluate((name) => {
    const { globe } = globalThis.parapetReplay;
    return globe.byFamily[name].filter((entity) => entity.show && entity.isAvailable(globe.clock.currentTime)).length;
  }, family);

const now = (page) => page.evaluate(() => globalThis.parapetReplay.globe.t);

/** How many pixels of the globe come near a colour: what is really drawn, not what was asked for. */
async function pixels(page, [r, g, b], near = 40) {
  await page.evaluate(() => globalThis.parapetReplay.globe.scene.requestRender());
  await page.waitForTimeout(700);
  const png = await page.locator("#globe canvas").screenshot();
  return page.evaluate(
    async ({ data, colour, near }) => {
      const image = new Image();
      image.src = `data:image/png;base64,${data}`;
      await image.decode();
      const canvas = document.createElement("canvas");
      canvas.width = image.width;
      canvas.height = image.height;
      const context = canvas.getContext("2d");
      context.drawImage(image, 0, 0);
      const all = context.getImageData(0, 0, canvas.width, canvas.height).data;
      let n = 0;
      for (let k = 0; k < all.length; k += 4) {
        if (Math.max(...colour.map((want, i) => Math.abs(all[k + i] - want))) <= near) n += 1;
      }
      return n;
    },
    { data: png.toString("base64"), colour: [r, g, b], near },
  );
}

const HOSTILE = [255, 135, 99];
const INTERCEPTOR = [79, 214, 168];
const shot = async (page, name) => {
  if (SHOTS) await page.screenshot({ path: join(SHOTS, `${name}.png`) });
};

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "replay-"));
  browser = await chromium.launch({ executablePath: process.env.PARAPET_BROWSER, args: FLAGS });
});

after(async () => {
  await browser?.close();
  for (const child of servers) {
    child.removeAllListeners("exit");
    child.kill("SIGINT");
  }
  rmSync(folder, { recursive: true, force: true });
});

let raid;

test("the raid of eighty opens, and asks nothing from outside", async (t) => {
  const url = await serve(RAID);
  raid = { url, ...(await open(url)) };
  t.diagnostic(`visible after ${raid.seen.ms} ms`);
  assertQuiet(raid.seen, url);
  const { page } = raid;
  assert.match(await page.title(), /Eighty mixed threats/);
  assert.match(await page.locator("#score").innerText(), /80\s*threats[\s\S]*killed[\s\S]*leaked[\s\S]*rounds/);
  assert.ok((await count(page, "threat")) > 0);
  assert.ok((await pixels(page, HOSTILE)) > 150, "threats are drawn");
  const czml = await page.evaluate(() => JSON.stringify(globalThis.PARAPET_BATTLE.czml).length);
  t.diagnostic(`CZML ${(czml / 1e6).toFixed(2)} MB`);
  assert.ok(czml < 5e6);
});

test("it plays, faster and slower, and pauses", async () => {
  const { page } = raid;
  const begin = await now(page);
  await page.selectOption("#speed", "50");
  await page.click("#play");
  await page.waitForFunction((t) => globalThis.parapetReplay.globe.t > t + 60, begin, { timeout: 60000 });
  await page.keyboard.press("]");
  assert.equal(await page.inputValue("#speed"), "100");
  await page.click("#play");
  const stopped = await now(page);
  await page.waitForTimeout(400);
  assert.equal(await now(page), stopped);
  assert.match(await page.locator("#now").textContent(), /^[1-9]\d*:\d\d\.\d \/ 10:00$/);
  assert.ok((await count(page, "round")) > 0 || stopped > 100);
  assert.deepEqual(await page.$$eval("#speed option", (all) => all.map((one) => one.value)), ["1", "2", "5", "10", "20", "50", "100", "200"]);
});

test("a leaker is found, and its ladder says why", async () => {
  const { page } = raid;
  const leakers = await page.evaluate(() => globalThis.PARAPET_BATTLE.threats.filter((one) => one.outcome === "leaked").map((one) => one.name));
  assert.ok(leakers.length > 0, "this battle has leakers");
  await page.keyboard.press("1");
  assert.deepEqual(await page.$$eval("[data-leaker]", (all) => all.map((one) => one.dataset.leaker)), leakers);
  await page.click(`[data-leaker="${leakers[0]}"]`);
  assert.equal(await page.locator("#pane-threat").isVisible(), true);
  const verdict = await page.locator(".verdict").innerText();
  assert.ok(verdict.includes(leakers[0]) && verdict.includes("leaked"), verdict);
  const want = JSON.parse(
    spawnSync(PYTHON, ["-c", "import sys; from parapet.cli import main; sys.exit(main())", "why", RAID, leakers[0], "--json"], { cwd: ROOT, encoding: "utf8" }).stdout,
  );
  const shown = await page.$$eval(".rung .why", (all) => all.map((one) => one.textContent));
  assert.deepEqual(shown, want.intervals.map((one) => one.reason), "the ladder is the one of `parapet why`");
  assert.deepEqual(await page.$$eval(".moment span", (all) => all.map((one) => one.textContent)), want.moments.map((one) => one.text.replaceAll("S-400/", "")));
  assert.equal(await page.locator(".rung.is-now").count(), 1, "the rung of this moment is marked");
  assert.match(await page.locator("#card").innerText(), /height[\s\S]*speed[\s\S]*believed/);
  await page.selectOption("#unit", "0");
  assert.ok((await page.locator(".rung").count()) > 0);
  await page.selectOption("#unit", "-1");
  await shot(page, "leaker");
});

test("the name of a selected site is drawn once", async () => {
  const { page } = raid;
  const shown = () =>
    page.evaluate(() => {
      const { globe } = globalThis.parapetReplay;
      const site = globe.byFamily.site.find((entity) => entity.name === "City");
      return { plain: site.label.show.getValue(), marked: globe.marker.label.text.getValue() === "City", labels: globe.layers.labels };
    });
  const pick = (name) =>
    page.evaluate((wanted) => {
      const { globe } = globalThis.parapetReplay;
      globe.onPick(globe.byFamily.site.find((entity) => entity.name === wanted));
    }, name);
  assert.deepEqual(await shown(), { plain: true, marked: false, labels: true });
  await pick("City");
  assert.deepEqual(await shown(), { plain: false, marked: true, labels: true });
  await page.uncheck('[data-layer="labels"]');
  await page.check('[data-layer="labels"]');
  assert.deepEqual(await shown(), { plain: false, marked: true, labels: true });
  await shot(page, "site");
  await pick("Air base");
  assert.deepEqual(await shown(), { plain: true, marked: false, labels: true });
});

test("jumps to events, follows, selects from the list", async () => {
  const { page } = raid;
  const before = await now(page);
  await page.keyboard.press(".");
  const later = await now(page);
  assert.ok(later > before);
  await page.keyboard.press(",");
  await page.keyboard.press(",");
  assert.ok((await now(page)) < later);
  await page.keyboard.press("l");
  await page.keyboard.press("f");
  assert.equal(await page.getAttribute("#follow", "aria-pressed"), "true");
  await page.waitForFunction(() => globalThis.parapetReplay.globe.widget.trackedEntity !== undefined);
  await page.keyboard.press("h");
  assert.equal(await page.getAttribute("#follow", "aria-pressed"), "false");
  await page.click("#tab-events");
  const all = await page.locator(".events li").count();
  await page.fill("#search", "som-03");
  const some = await page.locator(".events li").count();
  assert.ok(some > 3 && some < all);
  assert.ok((await page.$$eval(".events li", (rows) => rows.every((row) => row.textContent.includes("som-03")))));
  await page.click('.chip[data-group="rounds"]');
  assert.equal(await page.locator(".events li", { hasText: "launched ·" }).count(), 0);
  await page.locator(".events li button").last().click();
  assert.equal(await page.evaluate(() => globalThis.parapetReplay.globe.selected.name), "som-03");
  await page.click('.chip[data-group="rounds"]');
  await page.fill("#search", "");
  assert.equal(await page.locator(".events li").count(), all);
  assert.ok(page.url().includes("threat=som-03"), "the address names what is shown");
});

test("layers go on and off, on the globe and not only in the list", async () => {
  const { page } = raid;
  await page.evaluate(() => {
    globalThis.parapetReplay.globe.t = 75;
  });
  const rounds = await pixels(page, INTERCEPTOR);
  assert.ok(rounds > 60, "interceptors are drawn");
  const hostile = await pixels(page, HOSTILE);
  await page.uncheck('[data-layer="rounds"]');
  await page.uncheck('[data-layer="threats"]');
  assert.equal(await count(page, "round"), 0);
  assert.ok((await pixels(page, INTERCEPTOR)) < 0.2 * rounds);
  assert.ok((await pixels(page, HOSTILE)) < 0.2 * hostile);
  await page.check('[data-layer="rounds"]');
  await page.check('[data-layer="threats"]');
  assert.ok((await pixels(page, HOSTILE)) > 0.7 * hostile);
  await page.check('[data-layer="spread"]');
  assert.ok(await page.evaluate(() => globalThis.parapetReplay.globe.spread.entities.values.length > 50));
  await page.uncheck('[data-layer="spread"]');
});

test("zones are the model's: they change with altitude and signature, the published ring does not", async () => {
  const { page } = raid;
  await page.check('[data-layer="zone"]');
  const at = async (altitude, type) => {
    await page.selectOption("#altitude", String(altitude));
    await page.selectOption("#signature", type);
    const text = await page.locator("#reach").innerText();
    return Number(text.match(/met at (?:[\d.]+ k?m to )?(\d+) km/)[1]);
  };
  const low = await at(50, "tomahawk");
  const high = await at(10000, "tomahawk");
  const fighter = await at(10000, "su-35");
  assert.ok(low < 45 && high > 150 && fighter > high, `${low} ${high} ${fighter}`);
  await at(1000, "tomahawk");
  const filled = await pixels(page, INTERCEPTOR, 30);
  await page.check('[data-layer="radar"]');
  await page.check('[data-layer="ring"]');
  await at(50, "tomahawk");
  assert.ok((await pixels(page, INTERCEPTOR, 30)) !== filled);
  for (const id of ["zone", "radar", "ring"]) await page.uncheck(`[data-layer="${id}"]`);
});

test("everything can be reached with the keyboard", async () => {
  const { page } = raid;
  await page.evaluate(() => document.activeElement?.blur?.());
  await page.keyboard.press("?");
  assert.equal(await page.locator("dialog").isVisible(), true);
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("dialog").isVisible(), false);
  const reached = new Set();
  for (let k = 0; k < 60; k += 1) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate(() => document.activeElement?.id || document.activeElement?.dataset.layer || document.activeElement?.textContent?.slice(0, 20)));
  }
  for (const id of ["help-open", "threats", "zone", "altitude", "signature", "play", "speed", "line"]) assert.ok(reached.has(id), `${id} can be reached`);
  await page.click("#tab-events");
  await page.focus(".events");
  const first = await now(page);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  assert.ok((await now(page)) >= first && (await page.evaluate(() => document.activeElement.dataset.row !== undefined)));
  await page.focus("#line");
  const t = await now(page);
  await page.keyboard.press("ArrowRight");
  assert.ok(Math.abs((await now(page)) - t - 5) < 1e-6);
  await page.click("#tab-summary");
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.getAttribute("#tab-events", "aria-selected"), "true");
});

test("nothing is cut off at either size, and still nothing was asked from outside", async () => {
  const { page, seen, url } = raid;
  for (const [width, height] of [[1280, 720], [1920, 1080]]) {
    await page.setViewportSize({ width, height });
    for (const tab of ["summary", "events", "threat"]) {
      await page.click(`#tab-${tab}`);
      const wide = await page.$$eval("body, #side, #top, #clock, [role=tabpanel]:not([hidden]), #layers", (all) =>
        all.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => `${one.id || one.tagName} ${one.scrollWidth}>${one.clientWidth}`),
      );
      assert.deepEqual(wide, [], `${width} ${tab}`);
    }
    await shot(page, `raid-${width}`);
  }
  assertQuiet(seen, url);
  await raid.close();
});

test("a saved folder opens by double click, without Parapet or a server", async (t) => {
  const target = join(folder, "saved");
  const made = spawnSync(PYTHON, [...RUN, NASTY, "--save", target], { cwd: ROOT, encoding: "utf8" });
  assert.equal(made.status, 0, made.stderr);
  const url = pathToFileURL(join(target, "index.html")).href;
  const { page, seen, close } = await open(url);
  t.diagnostic(`visible after ${seen.ms} ms`);
  assertQuiet(seen, pathToFileURL(target).href);
  assert.ok((await pixels(page, HOSTILE)) > 30, "threats are drawn");
  await close();
});

test("markup in names is text: nothing runs, nothing becomes an element", async () => {
  const url = await serve(NASTY);
  const { page, seen, close } = await open(url);
  await page.click("#tab-events");
  await page.click("#tab-threat");
  const names = await page.evaluate(() => globalThis.PARAPET_BATTLE.threats.map((one) => one.name));
  assert.ok(names.some((name) => name.includes("<script>")) && names.some((name) => name.includes("<img")));
  for (let i = 0; i < names.length; i += 1) {
    await page.selectOption("#threat", String(i));
    assert.ok((await page.locator(".verdict").innerText()).includes(names[i]));
    await page.evaluate((k) => {
      const { globe } = globalThis.parapetReplay;
      globe.t = globalThis.PARAPET_BATTLE.threats[k].start_s + 30;
    }, i);
  }
  for (const entity of ["site-0", "site-1"]) {
    await page.evaluate((id) => {
      const { globe } = globalThis.parapetReplay;
      globe.onPick(globe.entities.get(id));
    }, entity);
    await page.waitForTimeout(150);
  }
  assert.match(await page.locator("#title").textContent(), /<script>.*<img/);
  assert.equal(await page.evaluate(() => globalThis.HIT), undefined);
  const strange = await page.$$eval("img, script, svg[onload], [onerror], [onload], iframe, object, embed, base", (all) =>
    all.filter((one) => !(one.tagName === "SCRIPT" && one.src)).map((one) => one.outerHTML.slice(0, 100)),
  );
  assert.deepEqual(strange, []);
  assert.deepEqual(await page.$$eval("script", (all) => all.map((one) => new URL(one.src).pathname)), ["/battle.js", "/replay.js"]);
  assertQuiet(seen, url);
  await shot(page, "nasty");
  await close();
});

test("the pictures of docs/replay.md", { skip: !SHOTS && "no PARAPET_SHOTS" }, async () => {
  const url = await serve(RAID);
  const address = readFileSync(join(ROOT, "docs/replay.md"), "utf8").match(/index\.html(#t=\d+&threat=[\w-]+)/)[1];
  const picture = async (name, hash, size, act = async () => {}) => {
    const { page, seen, close } = await open(url + hash, size);
    await act(page);
    await page.evaluate(() => document.activeElement?.blur?.());
    await page.waitForTimeout(3000); // the ground comes in finer tiles
    await shot(page, name);
    assertQuiet(seen, url);
    await close();
  };
  await picture("replay-leaker", address, {});
  await picture("replay-events", "#t=95", { width: 1920, height: 1080 }, (page) => page.keyboard.press("2"));
  await picture("replay-zones", "#t=75", {}, async (page) => {
    for (const id of ["zone", "radar", "ring"]) await page.check(`[data-layer="${id}"]`);
    await page.selectOption("#altitude", "1000");
    await page.selectOption("#signature", "tomahawk");
  });
});

test("the page's own rules stop what would run or reach out all the same", async () => {
  const url = await serve(NASTY);
  const { page, seen, close } = await open(url);
  await page.evaluate(async () => {
    const script = document.createElement("script");
    script.textContent = "globalThis.HIT = 1";
    document.body.append(script);
    const image = document.createElement("img");
    image.setAttribute("onerror", "globalThis.HIT = 1");
    image.src = "none";
    document.body.append(image);
    await fetch("https://example.org/").catch(() => {});
    new Image().src = "https://example.org/x.png";
  });
  await page.waitForTimeout(500);
  assert.equal(await page.evaluate(() => globalThis.HIT), undefined);
  assert.ok(seen.errors.filter((text) => /Content Security Policy/.test(text)).length >= 3, seen.errors.join("\n"));
  await close();
});

test("a damaged or missing battle is said, not shown as an empty globe", async () => {
  const target = join(folder, "saved");
  rmSync(join(target, "battle.js"));
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(pathToFileURL(join(target, "index.html")).href);
  await page.waitForSelector("#failure:not([hidden])");
  assert.match(await page.locator("#failure").innerText(), /battle\.js is missing/);
  await context.close();
  assert.match(readFileSync(join(target, "read-me.txt"), "utf8"), /index\.html/);
});
