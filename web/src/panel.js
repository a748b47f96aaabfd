// The side panel: the run's summary, the events, and the ladder of the selected threat.
import { el, sign } from "./dom.js";
import { clockText, distanceText, filteredEvents, lastBefore } from "./format.js";

const GROUP_NAMES = { raid: "Raid", seen: "Seen", channels: "Channels", rounds: "Rounds", outcomes: "Outcomes" };
const OUTCOME_SIGN = { killed: "kill", leaked: "leaker" };
const ENGAGED = 18; // codes.WHY_ENGAGED

/** Names without what they all begin with up to a slash: "S-400/fire-unit-3" is "fire-unit-3" where there is one S-400. */
export function shortNames(names) {
  const head = names[0]?.slice(0, names[0].indexOf("/") + 1) ?? "";
  const isShared = head && names.every((name) => name.startsWith(head) && name.length > head.length);
  return { names: isShared ? names.map((name) => name.slice(head.length)) : names, head: isShared ? head : "" };
}

export class Panel {
  constructor(root, data, { onSelect, onSeek, onFollow }) {
    this.data = data;
    const short = shortNames(data.units);
    this.units = short.names;
    this.plain = (text) => (short.head ? text.replaceAll(short.head, "") : text);
    this.onSelect = onSelect;
    this.onSeek = onSeek;
    this.onFollow = onFollow;
    this.threat = -1;
    this.unit = -1;
    this.t = 0;
    this.filter = { groups: new Set(data.groups.keys()), words: "", threat: -1 };
    const tabs = [["summary", "Summary"], ["events", "Events"], ["threat", "Threat"]];
    this.tabs = tabs.map(([id, name]) =>
      el("button", { type: "button", role: "tab", id: `tab-${id}`, "aria-controls": `pane-${id}`, onclick: () => this.open(id) }, name),
    );
    this.panes = Object.fromEntries(
      tabs.map(([id]) => [id, el("div", { role: "tabpanel", id: `pane-${id}`, "aria-labelledby": `tab-${id}`, tabindex: "-1" })]),
    );
    const bar = el("div", { role: "tablist", "aria-label": "Story", onkeydown: (event) => this.moveTab(event) }, this.tabs);
    root.append(bar, ...Object.values(this.panes));
    this.summary();
    this.events();
    this.story();
    this.open("summary");
  }

  open(id) {
    this.current = id;
    for (const tab of this.tabs) {
      const isOn = tab.id === `tab-${id}`;
      tab.setAttribute("aria-selected", String(isOn));
      tab.tabIndex = isOn ? 0 : -1;
    }
    for (const [name, pane] of Object.entries(this.panes)) pane.hidden = name !== id;
    if (id === "events" && this.rows !== this.listed) this.fillList();
    this.setTime(this.t);
  }

  moveTab(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const at = this.tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true");
    const next = this.tabs[(at + by + this.tabs.length) % this.tabs.length];
    this.open(next.id.slice(4));
    next.focus();
  }

  // ---------------------------------------------------------------------------------------------- summary ----

  summary() {
    const { summary, threats } = this.data;
    const cell = (value, name) => el("td", { class: value ? `is-${name}` : "is-none" }, String(value));
    const leaked = threats.map((threat, i) => [threat, i]).filter(([threat]) => threat.outcome === "leaked");
    this.panes.summary.append(
      el("p", { class: "headline" }, summary.headline),
      leaked.length
        ? el(
            "section",
            {},
            el("h2", {}, "What leaked"),
            el(
              "ul",
              { class: "threats" },
              leaked.map(([threat, i]) =>
                el(
                  "li",
                  {},
                  el(
                    "button",
                    { type: "button", class: "row", "data-leaker": threat.name, onclick: () => this.onSelect(i, threat.end_s - 20) },
                    sign("leaker"),
                    el("b", {}, threat.name),
                    el("span", {}, heldUp(threat, this.data.reasons)),
                    el("time", {}, clockText(threat.end_s)),
                  ),
                ),
              ),
            ),
          )
        : el("p", { class: "note" }, "Nothing leaked."),
      el("h2", {}, "Threats"),
      el(
        "table",
        {},
        el("thead", {}, el("tr", {}, ["type", "n", "shot at", "killed", "leaked", "seen from"].map((name, k) => el("th", { scope: "col", class: k ? "number" : "" }, name)))),
        el(
          "tbody",
          {},
          summary.types.map((row) =>
            el(
              "tr",
              {},
              el("th", { scope: "row", title: row.type }, row.type),
              cell(row.n, "plain"),
              cell(row.engaged, "plain"),
              cell(row.killed, "kill"),
              cell(row.leaked, "leaker"),
              el("td", {}, distanceText(row.seen_m) || "–"),
            ),
          ),
        ),
      ),
      el("p", { class: "note" }, "Seen from: the median slant range at first detection."),
      el("h2", {}, "Rounds"),
      el(
        "table",
        {},
        el("thead", {}, el("tr", {}, ["type", "fired", "left", "kills", "misses", "other"].map((name, k) => el("th", { scope: "col", class: k ? "number" : "" }, name)))),
        el(
          "tbody",
          {},
          summary.rounds.map((row) =>
            el("tr", {}, el("th", { scope: "row" }, row.interceptor), cell(row.fired, "plain"), cell(row.left, "plain"), cell(row.kills, "kill"), cell(row.misses, "plain"), cell(row.other, "plain")),
          ),
        ),
      ),
      el("h2", {}, "Fire channels at the busiest time"),
      meter("target channels", summary.peaks.targets_engaged, summary.capacity.target_channels),
      meter("missile channels", summary.peaks.missiles_guided, summary.capacity.missile_channels),
      el("h2", {}, "Damage"),
      summary.damage.length
        ? el(
            "ul",
            { class: "plain" },
            summary.damage.map((row) =>
              el("li", {}, `${row.name}: ${row.n_hits} hit${row.n_hits === 1 ? "" : "s"}, ${Math.round(100 * row.health)} % left`),
            ),
          )
        : el("p", { class: "note" }, `None: ${summary.n_defended} defended assets are untouched.`),
      el("p", { class: "note" }, summary.not_modelled),
      el("p", { class: "note" }, `Seed ${this.data.seed}, run ${this.data.run}, engine ${this.data.engine}.`),
    );
  }

  // ----------------------------------------------------------------------------------------------- events ----

  events() {
    const { groups } = this.data;
    const chips = [...groups.keys()].map((i) => {
      const chip = el("button", {
        type: "button", class: "chip", "aria-pressed": "true", "data-group": groups[i],
        onclick: () => {
          const isOn = !this.filter.groups.has(i);
          if (isOn) this.filter.groups.add(i);
          else this.filter.groups.delete(i);
          chip.setAttribute("aria-pressed", String(isOn));
          this.listEvents();
        },
      }, GROUP_NAMES[groups[i]] ?? groups[i]);
      return chip;
    });
    this.only = el("input", { type: "checkbox", id: "only", onchange: () => this.listEvents() });
    this.count = el("p", { class: "note", role: "status" });
    this.list = el("ol", { class: "events", tabindex: "0", "aria-label": "Events" });
    this.panes.events.append(
      el("input", {
        type: "search", id: "search", placeholder: "Filter: name, round, unit …", "aria-label": "Filter events", spellcheck: "false",
        oninput: (event) => {
          this.filter.words = event.target.value;
          this.listEvents();
        },
      }),
      el("div", { class: "chips", role: "group", "aria-label": "Kinds of event" }, chips),
      el("label", { class: "check" }, this.only, "only the selected threat"),
      this.count,
      this.list,
    );
    this.list.addEventListener("click", (event) => {
      const row = event.target.closest("button");
      if (row) this.chooseEvent(Number(row.dataset.row));
    });
    // one stop for the tab key, then up and down: hundreds of rows are no way to walk
    this.list.addEventListener("keydown", (event) => {
      const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12 }[event.key];
      if (!by || !this.rows.length) return;
      event.preventDefault();
      event.stopPropagation();
      const at = Number(document.activeElement?.dataset?.row ?? lastBefore(this.rows, this.t));
      const next = Math.min(Math.max(at + by, 0), this.rows.length - 1);
      this.list.children[next].firstElementChild.focus();
      this.chooseEvent(next);
    });
    this.listEvents();
  }

  chooseEvent(k) {
    const [t, , , , threat] = this.rows[k];
    this.onSeek(t);
    if (threat >= 0 && threat < this.data.threats.length) this.onSelect(threat, null, false);
  }

  listEvents() {
    this.filter.threat = this.only.checked ? this.threat : -1;
    this.rows = filteredEvents(this.data.events, this.data.threats, this.filter);
    this.count.textContent = `${this.rows.length} of ${this.data.events.length} events`;
    if (this.current === "events") this.fillList();
  }

  /** Hundreds of rows: made when they are first seen. */
  fillList() {
    const kinds = ["hostile", "track", "friend", "interceptor", "miss"];
    this.listed = this.rows;
    this.list.replaceChildren(
      ...this.rows.map(([t, group, , text, i], k) => {
        const threat = this.data.threats[i];
        const outcome = { "threat leaked": "leaker", "threat killed": "kill" }[text];
        const isHit = this.data.groups[group] === "outcomes" && text.includes(" hit, ");
        return el(
          "li",
          {},
          el(
            "button",
            { type: "button", tabindex: "-1", class: `row${outcome === "leaker" || isHit ? " is-leaker" : ""}`, "data-row": k },
            el("time", {}, clockText(t)),
            sign(outcome ?? (isHit ? "leaker" : text.includes(": killed") ? "kill" : kinds[group])),
            el("b", {}, threat?.name ?? ""),
            el("span", {}, this.plain(text)),
          ),
        );
      }),
    );
    this.nowRow = null;
    this.setTime(this.t);
  }

  // ----------------------------------------------------------------------------------------------- threat ----

  story() {
    const { threats } = this.data;
    const order = { leaked: 0, airborne: 1, crashed: 2, left: 3, killed: 4, "not launched": 5 };
    const groups = new Map();
    threats.forEach((threat, i) => {
      const name = threat.outcome;
      if (!groups.has(name)) groups.set(name, []);
      groups.get(name).push(el("option", { value: i }, `${threat.name} · ${threat.type}`));
    });
    this.choice = el(
      "select",
      { id: "threat", "aria-label": "Threat", onchange: (event) => this.onSelect(Number(event.target.value), null, false) },
      el("option", { value: -1 }, "choose a threat …"),
      [...groups.entries()].sort((a, b) => (order[a[0]] ?? 9) - (order[b[0]] ?? 9)).map(([name, options]) => el("optgroup", { label: name }, options)),
    );
    this.unitChoice = el(
      "select",
      {
        id: "unit", "aria-label": "As seen by",
        onchange: (event) => {
          this.unit = Number(event.target.value);
          this.ladder();
        },
      },
      el("option", { value: -1 }, "the unit that came furthest"),
      this.units.length > 1 ? this.units.map((name, i) => el("option", { value: i }, name)) : [],
    );
    this.followButton = el("button", { type: "button", id: "follow", "aria-pressed": "false", title: "Follow (f)", onclick: () => this.onFollow() }, "Follow");
    this.body = el("div", { id: "ladder" });
    this.panes.threat.append(
      el("div", { class: "choose" }, this.choice, this.followButton),
      el("label", { class: "as" }, "as seen by ", this.unitChoice),
      this.body,
    );
    this.ladder();
  }

  select(i) {
    this.threat = i;
    this.choice.value = String(i);
    if (this.only.checked) this.listEvents();
    this.ladder();
  }

  setFollowing(isOn) {
    this.followButton.setAttribute("aria-pressed", String(isOn));
  }

  ladder() {
    const threat = this.data.threats[this.threat];
    this.rungs = [];
    if (!threat) {
      this.body.replaceChildren(el("p", { class: "note" }, "Choose a threat here, on the globe or in the event list: its ladder says, for every second of its life, what kept it from being shot at."));
      return;
    }
    const rows = this.unit >= 0 ? (threat.by_unit[this.unit] ?? threat.ladder) : threat.ladder;
    const life = Math.max(threat.end_s - threat.start_s, 1e-6);
    const items = [
      ...rows.map((rung) => ({ t: rung[0], order: 1, rung })),
      ...threat.moments.map((moment) => ({ t: moment[0], order: moment[0] < threat.end_s ? 0 : 2, moment })),
    ].sort((a, b) => a.t - b.t || a.order - b.order);
    const list = el("ol", { class: "ladder" });
    for (const { rung, moment } of items) {
      const node = rung ? this.rung(rung, threat, life) : this.moment(moment);
      list.append(node);
    }
    this.body.replaceChildren(
      el(
        "p",
        { class: `verdict is-${threat.outcome}` },
        sign(OUTCOME_SIGN[threat.outcome] ?? "hostile"),
        el("b", {}, threat.name),
        ` ${threat.type}: `,
        el("strong", {}, threat.outcome),
        ` at ${clockText(threat.end_s, 1)}, ${threat.n_rounds} round${threat.n_rounds === 1 ? "" : "s"} fired at it`,
      ),
      el("p", { class: "note" }, heldUp(threat, this.data.reasons)),
      bar(rows, threat, this.data.reasons),
      threat.end_s > threat.start_s ? list : el("p", { class: "note" }, "Never launched in this battle."),
    );
    this.setTime(this.t);
  }

  rung([start, end, code, unit, range], threat, life) {
    const row = el(
      "button",
      { type: "button", class: `rung tone-${tone(code)}`, onclick: () => this.onSeek(start) },
      el("time", {}, clockText(start, 1)),
      el("span", { class: "bar", style: { "--share": String(Math.max((end - start) / life, 0.01)) } }),
      el("span", { class: "why" }, this.data.reasons[code] ?? String(code)),
      el("span", { class: "detail" }, [`${(end - start).toFixed(1)} s`, distanceText(range), this.unit < 0 && unit >= 0 ? this.units[unit] : ""].filter(Boolean).join(" · ")),
    );
    this.rungs.push([start, end, row]);
    return el("li", {}, row);
  }

  moment([t, kind, text]) {
    const mark = { end: text.includes("leaked") ? "leaker" : "kill", round: "interceptor", intercept: text.includes(", kill ") || text.endsWith(", kill") ? "kill" : "miss", damage: "leaker", launch: "hostile" }[kind] ?? "friend";
    return el("li", {}, el("button", { type: "button", class: "moment", onclick: () => this.onSeek(t) }, el("time", {}, clockText(t, 1)), sign(mark), el("span", {}, this.plain(text))));
  }

  // ------------------------------------------------------------------------------------------------- time ----

  setTime(t) {
    this.t = t;
    if (this.current === "events" && this.list) {
      const row = this.list.children[lastBefore(this.rows, t)]?.firstElementChild ?? null;
      if (row !== this.nowRow) {
        this.nowRow?.removeAttribute("aria-current");
        row?.setAttribute("aria-current", "time");
        this.nowRow = row;
        if (row && !this.list.matches(":hover, :focus-within")) row.scrollIntoView({ block: "center" });
      }
    } else if (this.current === "threat") {
      for (const [start, end, row] of this.rungs ?? []) row.classList.toggle("is-now", start <= t && t < end);
    }
  }
}

/** How far a reason is along the chain, in four tones: not seen, seen, held up, engaged. */
function tone(code) {
  if (code === ENGAGED) return "engaged";
  if (code <= 5 || code === 21) return "unseen";
  return code <= 8 ? "seen" : "held";
}

function bar(rows, threat, reasons) {
  const life = Math.max(threat.end_s - threat.start_s, 1e-6);
  return el(
    "div",
    { class: "strip", role: "img", "aria-label": "Share of its life by reason" },
    rows.map(([start, end, code]) =>
      el("span", { class: `tone-${tone(code)}`, style: { "--share": String((end - start) / life) }, title: `${reasons[code]}, ${(end - start).toFixed(1)} s` }),
    ),
  );
}

/** What kept a threat from being shot at for longest, in words. */
export function heldUp(threat, reasons) {
  const spent = new Map();
  for (const [start, end, code] of threat.ladder) {
    if (code !== ENGAGED) spent.set(code, (spent.get(code) ?? 0) + end - start);
  }
  const most = [...spent.entries()].sort((a, b) => b[1] - a[1]).slice(0, 2).filter(([, seconds]) => seconds >= 0.5);
  return most.length ? `held up by ${most.map(([code, seconds]) => `${reasons[code]} ${Math.round(seconds)} s`).join(", ")}` : "";
}

function meter(name, value, of) {
  return el(
    "div",
    { class: `meter${of && value >= of ? " is-full" : ""}` },
    el("span", {}, name),
    el("span", { class: "gauge", style: { "--share": String(of ? value / of : 0) } }),
    el("b", {}, `${value} of ${of}`),
  );
}
