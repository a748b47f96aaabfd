// The replay: the battle in `globalThis.PARAPET_BATTLE` (battle.js) on a globe, with its story beside it.
import { el, sign } from "./dom.js";
import { clockText, distanceText } from "./format.js";
import { Globe } from "./globe.js";
import { Layers } from "./layers.js";
import { Panel } from "./panel.js";
import { applyTheme } from "./theme.js";
import { Timeline } from "./timeline.js";
import { Zones } from "./zones.js";

const FORMAT = 1;
const KEYS = [
  ["space", "play or pause"], ["[  ]", "slower, faster"], ["←  →", "five seconds back, on (with shift: thirty)"], [",  .", "event before, next event (of the list's filter)"],
  ["l", "next leaker"], ["f", "follow the selected object"], ["h", "whole battle"], ["n", "north up"], ["1  2  3", "summary, events, threat"], ["esc", "select nothing"], ["?", "these keys"],
];
const $ = (id) => document.getElementById(id);

function fail(text) {
  $("failure").textContent = text;
  $("failure").hidden = false;
  document.body.classList.add("failed");
}

function header(data) {
  document.title = `${data.title} · Parapet replay`;
  $("title").textContent = data.title;
  $("about").textContent = `seed ${data.seed}, run ${data.run} · ${clockText(data.duration_s)} of battle`;
  const { totals } = data.summary;
  const tile = (kind, value, name) => el("span", { class: `tile is-${kind}` }, sign(kind), el("b", {}, String(value)), name);
  $("score").append(
    tile("hostile", totals.threats, "threats"), tile("kill", totals.killed, "killed"), tile("leaker", totals.leaked, "leaked"),
    tile("interceptor", totals.rounds_fired, "rounds"),
  );
  $("help").append(
    el("h2", {}, "Keys"),
    el("dl", {}, KEYS.flatMap(([key, what]) => [el("dt", {}, key), el("dd", {}, what)])),
    el("form", { method: "dialog" }, el("button", {}, "Close")),
  );
  $("help-open").addEventListener("click", () => $("help").showModal());
}

function card(globe, data, index) {
  const box = $("card");
  const threat = data.threats[index];
  const state = globe.selected && globe.state(globe.selected);
  box.hidden = !globe.selected;
  if (!globe.selected) return;
  const line = (name, value) => [el("dt", {}, name), el("dd", {}, value)];
  const belief = state?.belief
    ? `${distanceText(state.off_m)} off truth, 2 σ ${distanceText(2 * state.sigma_m)} (${state.belief})`
    : threat && state
      ? "none: nobody has a firm track of it"
      : "–";
  box.replaceChildren(
    el("h2", {}, globe.selected.name ?? ""),
    el(
      "dl",
      {},
      line("what", globe.said(globe.selected, "type") ?? globe.said(globe.selected, "kind") ?? ""),
      state ? [...line("height", `${distanceText(Math.max(state.agl_m, 0))} above ground`), state.speed_mps ? line("speed", `${Math.round(state.speed_mps)} m/s`) : []].flat() : line("now", "not in the air"),
      threat ? line("believed", belief) : [],
    ),
  );
}

async function start() {
  const data = globalThis.PARAPET_BATTLE;
  if (!data) return fail("There is no battle here: battle.js is missing or damaged.");
  if (data.format !== FORMAT) return fail(`This page reads battles of format ${FORMAT}; this one has ${data.format}.`);
  applyTheme();
  header(data);
  let globe;
  try {
    globe = new Globe($("globe"), data);
  } catch (error) {
    return fail(`The globe needs WebGL, and this browser gives none (${error?.message ?? error}). Try another browser, or turn hardware acceleration on.`);
  }
  globe.widget.scene.renderError.addEventListener((scene, error) => fail(`The globe stopped: ${error?.message ?? error}`));
  const zones = new Zones(globe.scene, data);
  let isPlaying = false;
  let index = -1;

  const play = (isOn = !isPlaying) => {
    isPlaying = isOn;
    if (isOn && globe.t >= data.duration_s - 0.01) globe.t = 0;
    globe.clock.shouldAnimate = isOn;
    timeline.setPlaying(isOn);
    globe.scene.requestRender();
  };
  const speed = (value) => {
    globe.clock.multiplier = value;
    timeline.setSpeed(value);
    globe.scene.requestRender();
  };
  const tell = () => {
    timeline.setTime(globe.t);
    panel.setTime(globe.t);
    card(globe, data, index);
  };
  const seek = (t) => {
    globe.t = t;
    tell();
  };
  const select = (i, t = null, isOpened = true) => {
    index = i;
    globe.select(i >= 0 ? data.threats[i].key : null);
    panel.select(i);
    panel.setFollowing(globe.isFollowing);
    if (i >= 0 && isOpened) panel.open("threat");
    if (t !== null) seek(Math.max(t, data.threats[i]?.start_s ?? 0));
    remember();
    tell();
  };
  const follow = () => {
    globe.follow(!globe.isFollowing);
    panel.setFollowing(globe.isFollowing);
  };
  const step = (what, by) => {
    if (what === "leak") {
      const leakers = data.threats.map((threat, i) => [threat.end_s, i]).filter(([, i]) => data.threats[i].outcome === "leaked").sort((a, b) => a[0] - b[0]);
      if (!leakers.length) return;
      const at = leakers.findIndex(([, i]) => i === index);
      const next = leakers[(at + 1) % leakers.length][1];
      play(false);
      select(next, data.threats[next].end_s - 20);
      return;
    }
    const found = Timeline.neighbour(panel.rows, globe.t, by);
    if (found) seek(found[0]);
  };
  const remember = () => {
    const parts = [`t=${Math.round(globe.t)}`];
    if (index >= 0) parts.push(`threat=${encodeURIComponent(data.threats[index].name)}`);
    try {
      history.replaceState(null, "", `#${parts.join("&")}`);
    } catch {
      // a page from a folder may not be allowed to; then the address keeps what it had
    }
  };

  const timeline = new Timeline($("clock"), data, {
    onSeek: (t, threat) => (threat >= 0 ? select(threat, t - 0.5) : seek(t)), onPlay: () => play(), onSpeed: speed, onStep: step,
  });
  const panel = new Panel($("side"), data, { onSelect: select, onSeek: seek, onFollow: follow });
  new Layers($("layers"), data, globe, zones);
  if (window.innerWidth < 1000) $("layers").firstElementChild.open = false;
  speed(10);
  timeline.setTime(0);
  globe.onPick = (entity) => {
    if (!entity) return;
    const about = globe.said(entity, "about") || entity.name;
    const subject = globe.said(entity, "subject");
    const i = data.threats.findIndex((threat) => threat.key === entity.id || threat.name === about || threat.key === subject);
    if (i >= 0 && globe.said(entity, "family") !== "round") return select(i);
    index = -1;
    panel.select(i);
    if (i >= 0) panel.open("threat");
    globe.select(entity.id);
    tell();
  };

  await globe.load();
  let told = -1;
  let toldAt = 0;
  globe.clock.onTick.addEventListener(() => {
    const now = performance.now();
    if (globe.t === told || (now - toldAt < 80 && globe.t < data.duration_s)) return;
    told = globe.t;
    toldAt = now;
    tell();
    if (isPlaying && globe.t >= data.duration_s - 1e-6) play(false);
  });
  setInterval(() => isPlaying && remember(), 2000);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("select, dialog, input:not([type=checkbox])")) return;
    const far = event.shiftKey ? 30 : 5;
    const act = {
      " ": () => play(), "[": () => speed(Timeline.faster(globe.clock.multiplier, -1)), "]": () => speed(Timeline.faster(globe.clock.multiplier, 1)),
      ArrowLeft: () => seek(globe.t - far), ArrowRight: () => seek(globe.t + far), ",": () => step("event", -1), ".": () => step("event", 1),
      l: () => step("leak", 1), f: follow, h: () => { globe.home(); panel.setFollowing(false); }, n: () => globe.north(), "?": () => $("help").showModal(), Escape: () => select(-1),
      1: () => panel.open("summary"), 2: () => panel.open("events"), 3: () => panel.open("threat"),
    }[event.key];
    if (!act || (event.key === " " && event.target.closest("button, input, summary"))) return;
    event.preventDefault();
    act();
  });

  const wanted = new URLSearchParams(location.hash.slice(1));
  const named = data.threats.findIndex((threat) => threat.name === wanted.get("threat"));
  const t = Number(wanted.get("t"));
  if (Number.isFinite(t) && wanted.has("t")) globe.t = t;
  else globe.t = Math.min(...data.threats.filter((threat) => threat.end_s > threat.start_s).map((threat) => threat.start_s), data.duration_s);
  if (named >= 0) select(named);
  tell();
  document.body.classList.add("ready");
  document.body.dataset.ready = String(Math.round(performance.now()));
  globalThis.parapetReplay = { globe, zones, panel, timeline }; // for tests and the curious
}

start().catch((error) => fail(`The replay could not start: ${error?.message ?? error}`));
