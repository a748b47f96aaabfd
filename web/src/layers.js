// Layers on and off; the rows are the legend too.
import { el, sign } from "./dom.js";
import { distanceText } from "./format.js";

const ROWS = [
  ["threats", "hostile", "Threats (truth)"],
  ["tracks", "track", "Tracks (belief)"],
  ["spread", "uncertainty", "Uncertainty, 2 σ"],
  ["rounds", "interceptor", "Interceptors"],
  ["marks", "kill", "Kills, leaks, misses"],
  ["trails", "trail", "Trails"],
  ["sites", "friend", "Sites"],
  ["labels", "label", "Names"],
  ["map", "map", "Coasts and borders"],
];
const ZONES = [
  ["zone", "zone", "Engagement zone"],
  ["radar", "radar", "Radar reach and sectors"],
  ["ring", "ring", "Published range"],
];

export class Layers {
  constructor(root, data, globe, zones) {
    const box = ([id, kind, text], isOn, onChange) =>
      el(
        "label",
        { class: "check" },
        el("input", { type: "checkbox", "data-layer": id, checked: isOn, onchange: (event) => onChange(id, event.target.checked) }),
        sign(kind),
        el("span", {}, text),
      );
    this.zones = zones;
    this.said = el("p", { class: "note", id: "reach", role: "status" });
    const hasZones = zones.data.rows.length > 0;
    const pick = (id, label, options, onPick) =>
      el("label", { class: "pick" }, label, el("select", { id, onchange: (event) => onPick(event.target.value) }, options));
    const legend = el(
      "p",
      { class: "legend note" },
      el("span", {}, sign("leaker"), "leaker"),
      el("span", {}, sign("unknown"), "false track"),
    );
    root.append(
      el(
        "details",
        { open: true },
        el("summary", {}, "Layers"),
        ROWS.map((row) => box(row, globe.layers[row[0]], (id, isOn) => globe.setLayer(id, isOn))),
        legend,
        hasZones
          ? el(
              "fieldset",
              {},
              el("legend", {}, "Reach, as the model computes it"),
              ZONES.map((row) => box(row, zones.visible[row[0]], (id, isOn) => this.toggle(id, isOn))),
              pick(
                "altitude", "at ",
                zones.data.altitudes_m.map((altitude) => el("option", { value: altitude, selected: altitude === zones.choice.altitude }, distanceText(altitude).replace(".0", ""))),
                (value) => this.choose({ altitude: Number(value) }),
              ),
              pick(
                "signature", "against ",
                zones.data.types.map(({ type, speed_mps: speed }) => el("option", { value: type }, `${type}, ${Math.round(speed)} m/s`)),
                (value) => this.choose({ type: value }),
              ),
              this.said,
              zones.data.turns ? el("p", { class: "note" }, "As the engagement radars look at the start; in this battle they turn.") : [],
            )
          : el("p", { class: "note" }, "No zones: no fire unit comes into action, or nothing in the raid flies level."),
      ),
    );
  }

  toggle(id, isOn) {
    this.zones.setVisible(id, isOn);
    this.say();
  }

  choose(choice) {
    this.zones.choose(choice);
    this.say();
  }

  say() {
    const { met, metLeast, seen } = this.zones.reach();
    const isAny = Object.values(this.zones.visible).some(Boolean);
    const range = distanceText(metLeast) === distanceText(met) ? distanceText(met) : `${distanceText(metLeast)} to ${distanceText(met)}`;
    this.said.textContent = isAny
      ? met > 0
        ? `Seen from ${distanceText(seen)}, met at ${range}, flying straight at a fire unit.`
        : seen > 0
          ? `Seen from ${distanceText(seen)}, but no round meets it.`
          : "Not seen at all."
      : "";
  }
}
