// The time line: what flies, what was fired, killed and leaked over the whole battle; drag it, click it, use the keys.
import { COLOURS } from "./theme.js";
import { clockText, lastBefore } from "./format.js";
import { el, sign } from "./dom.js";

const SPEEDS = [1, 2, 5, 10, 20, 50, 100, 200];
const LEFT = 14;
const RIGHT = 14;

export class Timeline {
  constructor(root, data, { onSeek, onPlay, onSpeed, onStep }) {
    this.data = data;
    this.t = 0;
    this.marks = marksOf(data);
    this.load = airborne(data);
    this.onSeek = onSeek;
    this.play = el("button", { type: "button", id: "play", "aria-pressed": "false", title: "Play or pause (space)", onclick: () => onPlay() });
    this.now = el("output", { id: "now", "aria-label": "Time of the battle" });
    this.speed = el(
      "select",
      { id: "speed", "aria-label": "Speed", title: "Speed ([ and ])", onchange: (event) => onSpeed(Number(event.target.value)) },
      SPEEDS.map((speed) => el("option", { value: speed }, `${speed}×`)),
    );
    const step = (what, by, text, title) =>
      el("button", { type: "button", class: "step", title, "aria-label": title, "data-step": `${what}${by}`, onclick: () => onStep(what, by) }, text);
    this.canvas = el("canvas", {
      id: "line", tabindex: "0", role: "slider", "aria-label": "Time of the battle", "aria-valuemin": "0",
      "aria-valuemax": String(Math.round(data.duration_s)),
    });
    root.append(
      el(
        "div",
        { id: "controls" },
        step("event", -1, "‹", "Event before (,)"),
        this.play,
        step("event", 1, "›", "Next event (.)"),
        this.speed,
        this.now,
        el("button", { type: "button", class: "step leak", title: "Next leaker (l)", "data-step": "leak1", onclick: () => onStep("leak", 1) }, sign("leaker"), "next leaker"),
      ),
      this.canvas,
    );
    this.tip = el("div", { id: "tip", hidden: true });
    root.append(this.tip);
    this.listen();
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    this.setPlaying(false);
  }

  setPlaying(isPlaying) {
    this.play.textContent = isPlaying ? "❚❚" : "▶";
    this.play.setAttribute("aria-pressed", String(isPlaying));
    this.play.setAttribute("aria-label", isPlaying ? "Pause" : "Play");
  }

  setSpeed(speed) {
    this.speed.value = String(speed);
  }

  static faster(speed, by) {
    const at = SPEEDS.indexOf(speed);
    return SPEEDS[Math.min(Math.max(at + by, 0), SPEEDS.length - 1)];
  }

  setTime(t) {
    this.t = t;
    this.now.textContent = `${clockText(t, 1)} / ${clockText(this.data.duration_s)}`;
    this.canvas.setAttribute("aria-valuenow", String(Math.round(t)));
    this.canvas.setAttribute("aria-valuetext", clockText(t));
    this.draw();
  }

  x(t) {
    return LEFT + (t / this.data.duration_s) * (this.width - LEFT - RIGHT);
  }

  timeAt(event) {
    const { left } = this.canvas.getBoundingClientRect();
    return Math.min(Math.max((event.clientX - left - LEFT) / (this.width - LEFT - RIGHT), 0), 1) * this.data.duration_s;
  }

  /** The leak or kill under the pointer, leaks first. */
  markAt(event) {
    const { left, top } = this.canvas.getBoundingClientRect();
    const x = event.clientX - left;
    const y = event.clientY - top;
    if (y > 20) return null;
    let best = null;
    for (const mark of this.marks.leaks) {
      const off = Math.abs(this.x(mark.t) - x);
      if (off < 9 && (!best || off < best.off)) best = { ...mark, off };
    }
    return best;
  }

  listen() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => {
      const mark = this.markAt(event);
      canvas.setPointerCapture(event.pointerId);
      this.isDragging = true;
      this.onSeek(mark ? mark.t : this.timeAt(event), mark?.threat);
    });
    canvas.addEventListener("pointermove", (event) => {
      const t = this.timeAt(event);
      if (this.isDragging) this.onSeek(t);
      const mark = this.markAt(event);
      this.tip.textContent = mark ? `${clockText(mark.t)} ${mark.text}` : `${clockText(t)} · ${this.load[Math.round(t)] ?? 0} threats in the air`;
      this.tip.hidden = false;
      const box = canvas.getBoundingClientRect();
      this.tip.style.setProperty("left", `${Math.min(Math.max(event.clientX, box.left + 70), box.right - 130)}px`);
      canvas.style.setProperty("cursor", mark ? "pointer" : "ew-resize");
    });
    const stop = () => {
      this.isDragging = false;
    };
    canvas.addEventListener("pointerup", stop);
    canvas.addEventListener("pointercancel", stop);
    canvas.addEventListener("pointerleave", () => {
      this.tip.hidden = true;
    });
    canvas.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -5, ArrowRight: 5, PageDown: -30, PageUp: 30, Home: -1e9, End: 1e9 }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      this.onSeek(this.t + by);
    });
  }

  draw() {
    const ratio = window.devicePixelRatio || 1;
    this.width = this.canvas.clientWidth;
    const height = this.canvas.clientHeight;
    if (!this.width || !height) return;
    if (this.canvas.width !== Math.round(this.width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      this.canvas.width = Math.round(this.width * ratio);
      this.canvas.height = Math.round(height * ratio);
      this.picture = null;
    }
    const context = this.canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.picture ??= this.background(ratio, height);
    context.clearRect(0, 0, this.width, height);
    context.globalAlpha = 0.45; // what is still to come
    context.drawImage(this.picture, 0, 0, this.width, height);
    context.globalAlpha = 1;
    const x = this.x(this.t);
    context.save();
    context.beginPath();
    context.rect(0, 0, x, height);
    context.clip();
    context.drawImage(this.picture, 0, 0, this.width, height);
    context.restore();
    for (const mark of this.marks.leaks) {
      const at = this.x(mark.t); // leaks are never dimmed: they are what one looks for
      context.fillStyle = COLOURS.leaker;
      context.beginPath();
      context.moveTo(at, 15);
      context.lineTo(at - 6, 4);
      context.lineTo(at + 6, 4);
      context.closePath();
      context.fill();
      context.fillRect(at - 0.5, 15, 1, height - 29);
    }
    context.fillStyle = "#ffffff";
    context.fillRect(x - 0.75, 2, 1.5, height - 16);
    context.beginPath();
    context.arc(x, height - 14, 4, 0, 2 * Math.PI);
    context.fill();
  }

  background(ratio, height) {
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(this.width * ratio);
    canvas.height = Math.round(height * ratio);
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    const floor = height - 14;
    // how many threats are in the air
    const most = Math.max(1, ...this.load);
    context.fillStyle = `${COLOURS.hostile}38`;
    context.beginPath();
    context.moveTo(this.x(0), floor);
    this.load.forEach((n, t) => context.lineTo(this.x(t), floor - (n / most) * (floor - 22)));
    context.lineTo(this.x(this.data.duration_s), floor);
    context.closePath();
    context.fill();
    const ticks = (times, colour, y, size, alpha) => {
      context.globalAlpha = alpha;
      context.fillStyle = colour;
      for (const t of times) context.fillRect(this.x(t) - 0.5, y, 1, size);
      context.globalAlpha = 1;
    };
    ticks(this.marks.rounds, COLOURS.interceptor, floor - 11, 11, 0.75);
    ticks(this.marks.kills, COLOURS.kill, floor - 20, 7, 0.9);
    // the axis
    context.fillStyle = "#2a3947";
    context.fillRect(this.x(0), floor, this.x(this.data.duration_s) - this.x(0), 1);
    const step = [10, 15, 30, 60, 120, 300, 600, 1200, 3600].find((one) => (one / this.data.duration_s) * this.width > 70) ?? 7200;
    context.font = "11px system-ui, sans-serif";
    context.fillStyle = "#93a3b3";
    for (let t = 0; t <= this.data.duration_s; t += step) {
      const x = this.x(t);
      context.fillRect(x, floor, 1, 4);
      context.textAlign = t === 0 ? "left" : x > this.width - 30 ? "right" : "center";
      context.fillText(clockText(t), x, height - 1);
    }
    return canvas;
  }

  /** Time of the event before or after now, among these rows. */
  static neighbour(rows, t, by) {
    const at = lastBefore(rows, by > 0 ? t + 0.05 : t - 0.05);
    return rows[by > 0 ? at + 1 : at] ?? null;
  }
}

function marksOf(data) {
  const leaks = data.threats
    .map((threat, i) => ({ t: threat.end_s, threat: i, text: `${threat.name} leaked`, outcome: threat.outcome }))
    .filter((mark) => mark.outcome === "leaked");
  const kills = data.threats.filter((threat) => threat.outcome === "killed").map((threat) => threat.end_s);
  const rounds = data.shots.map((shot) => shot[1]);
  return { leaks, kills, rounds };
}

/** Threats in the air at every second. */
function airborne(data) {
  const change = new Array(Math.ceil(data.duration_s) + 2).fill(0);
  for (const { start_s: start, end_s: end } of data.threats) {
    if (!(end > start)) continue;
    change[Math.round(start)] += 1;
    change[Math.min(Math.round(end), change.length - 1)] -= 1;
  }
  let n = 0;
  return change.slice(0, -1).map((by) => (n += by));
}
