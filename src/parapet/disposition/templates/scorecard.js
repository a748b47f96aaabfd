"use strict";
// The switchboard. Tables hold one answer for each combination of open, yes and no of the readings they hang on; the
// words follow scorecard_words.py. Text is only ever written as text.
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const ANSWERS = ["open", "yes", "no"];
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const byId = (name) => document.getElementById(name);
  const assumptions = data.stability ? data.stability.assumptions : {};
  const names = data.readings.concat(Object.keys(assumptions));
  const made = {};
  data.readings.forEach((name, k) => { made[name] = data.chosen[k]; });
  Object.keys(assumptions).forEach((name) => { made[name] = assumptions[name] ? "yes" : "no"; });
  let chosen = Object.assign({}, made);
  let date = 0;

  function lookUp(table, answers) {
    let index = 0;
    for (const k of table.r) index = index * 3 + ANSWERS.indexOf(answers[data.readings[k]]);
    return table.a[table.i.charCodeAt(index) - 48];
  }

  function combinations(items, n) {
    if (n === 0) return [[]];
    return items.flatMap((item, k) => combinations(items.slice(k + 1), n - 1).map((rest) => [item].concat(rest)));
  }

  // Fewest answers to open readings that make a table yes ("y") or no ("n"): single ones, or else pairs.
  function opening(table, wanted) {
    const free = table.r.filter((k) => chosen[data.readings[k]] === "open");
    for (let n = 1; n <= 2; n++) {
      const ways = [];
      for (const some of combinations(free, n)) {
        for (let number = 0; number < 1 << n; number++) {
          const answers = some.map((_, k) => ((number >> (n - 1 - k)) & 1 ? "no" : "yes"));
          const picked = Object.assign({}, chosen);
          some.forEach((k, i) => { picked[data.readings[k]] = answers[i]; });
          if (lookUp(table, picked)[0] === wanted) ways.push(some.map((k, i) => [k, answers[i]]));
        }
      }
      if (ways.length) return ways;
    }
    return [];
  }

  function condition(table, wanted) {
    const ways = opening(table, wanted).map((way) => way.map(([k, answer]) => data.letters[k] + " " + answer).join(", "));
    return ways.length ? "if " + ways.slice(0, 2).join(" or ") + (ways.length > 2 ? " ..." : "") : "";
  }

  // "if A no, else ?": no only where every other combination of answers is no.
  function unsettled(table) {
    const found = condition(table, "y");
    if (!found) return "?";
    const ways = opening(table, "y");
    const free = table.r.filter((k) => chosen[data.readings[k]] === "open");
    const rest = new Set();
    for (let number = 0; number < 1 << free.length; number++) {
      const picked = Object.assign({}, chosen);
      free.forEach((k, i) => { picked[data.readings[k]] = (number >> i) & 1 ? "no" : "yes"; });
      if (ways.some((way) => way.every(([k, answer]) => picked[data.readings[k]] === answer))) continue;
      rest.add(lookUp(table, picked)[0]);
    }
    return found + ",\nelse " + (rest.size === 1 && rest.has("n") ? "no" : "?");
  }

  function caveat(now, option, name) {
    if (!data.relief.includes(name)) return "";
    const table = data.tables[now.cells["gate/" + option + "/" + data.newDealing]];
    if (lookUp(table, chosen)[0] === "n") return ",\nbut new ones";
    const found = condition(table, "n");
    return found ? ",\nbut new ones\n" + found : "";
  }

  const WORD = { y: "yes", n: "no", u: "unknown" };
  function cell(key) {
    const parts = key.split("/");
    const now = data.dates[date];
    if (parts[0] === "gate" && now.notYet.includes(parts[2])) return ["none", "not law yet"];
    const table = data.tables[now.cells[key]];
    const [value, earliest, possible] = lookUp(table, chosen);
    if (parts[0] === "consent") {
      return [WORD[value], value === "u" ? condition(table, "y") || "perhaps" : value === "y" ? "needed" : "not needed"];
    }
    const more = value === "n" ? "" : caveat(now, parts[1], parts[2]);
    if (parts[0] === "gate") return [WORD[value], (value !== "u" ? WORD[value] : unsettled(table)) + more];
    if (value === "n") return ["no", "no"];
    return value === "y" ? ["yes", earliest + more] : ["unknown", unsettled(table) + "\n" + possible + more];
  }

  // Solutions that the law of a day leaves under the chosen answers.
  function allowed(day) {
    const law = data.stability.laws[data.stability.days[day]];
    let numbers = [0];
    for (const name of law.readings) {
      const digits = { yes: [1], no: [0] }[chosen[name]] || [0, 1];
      numbers = numbers.flatMap((number) => digits.map((digit) => 2 * number + digit));
    }
    return Array.from(new Set(numbers.map((number) => law.index[number])));
  }

  function percent(values) {
    const rounded = Array.from(new Set(values.map((value) => Math.floor(100 * value + 0.5)))).sort((a, b) => a - b);
    if (!rounded.length) return "-";
    return rounded.length === 1 ? rounded[0] + " %" : rounded[0] + " to " + rounded[rounded.length - 1] + " %";
  }

  function losers(outcomes) {
    if (outcomes.some((one) => one[0] || one[1] > 0)) return "";
    const found = Array.from(new Set(outcomes.map((one) => one[3])));
    if (found.length > 1) return "losers hang on readings";
    if (found[0] === null) return "no joint move";
    return found[0] ? "loses: " + found[0] : "nobody loses";
  }

  function stabilityWords(outcomes) {
    const isStart = outcomes.every((one) => one[0]);
    return {
      reached: (isStart ? "stays " : "reached ") + percent(outcomes.map((one) => one[1])),
      lasting: "lasts " + percent(outcomes.map((one) => one[2])),
      losers: losers(outcomes),
    };
  }

  function stability() {
    if (!data.stability) return;
    const byDay = data.dates.map((_, day) => allowed(day));
    all("[data-solutions]").forEach((el) => { el.textContent = byDay[date].length; });
    data.options.forEach((option, k) => {
      const of = (day) => byDay[day].map((n) => data.stability.outcomes[data.stability.solutions[n][k]]);
      const words = data.dates.map((_, day) => stabilityWords(of(day)));
      all('[data-stable^="' + option + '/"]').forEach((el) => { el.textContent = words[date][el.dataset.stable.split("/")[1]]; });
      all('[data-states="' + option + '"]').forEach((body) => body.replaceChildren(...stateRows(of(date))));
      all('[data-days="' + option + '"] tr').forEach((row, day) => {
        row.classList.toggle("on", day === date);
        all("td", row).forEach((el) => { el.textContent = words[day][el.dataset.day]; });
      });
    });
  }

  function stateRows(outcomes) {
    const byLabel = new Map();
    for (const one of outcomes) {
      for (const n of one[4]) {
        const state = data.stability.states[n];
        if (!byLabel.has(state[0])) byLabel.set(state[0], []);
        byLabel.get(state[0]).push(state);
      }
    }
    return Array.from(byLabel, ([label, found]) => {
      const row = document.createElement("tr");
      const head = document.createElement("th");
      head.scope = "row";
      head.textContent = label;
      row.append(head);
      const share = (k) => percent(found.map((state) => state[k]));
      const makers = (k) => Array.from(new Set(found.map((state) => state[k]))).join(" / ");
      [share(2), share(1), share(3), makers(4), makers(5), found.length + " of " + outcomes.length].forEach((text, k) => {
        const td = document.createElement("td");
        if (k < 3 || k === 5) td.className = "n";
        td.textContent = text;
        row.append(td);
      });
      return row;
    });
  }

  function counts() {
    all("[data-count]").forEach((el) => {
      const [kind, name] = el.dataset.count.split("/");
      const values = data.options.map((option) => cell(kind + "/" + option + "/" + name)[0]);
      const words = [["yes", "yes"], ["unknown", "hang"], ["no", "no"]];
      el.textContent = words.map(([value, word]) => [values.filter((v) => v === value).length, word])
        .filter(([n]) => n).map(([n, word]) => n + " " + word).join(" · ");
    });
  }

  function show() {
    const now = data.dates[date];
    all("[data-cell]").forEach((el) => {
      const [value, text] = cell(el.dataset.cell);
      el.className = "c v-" + value;
      el.textContent = text.replace(/\b([A-Z]) (yes|no)\b/g, "$1\u00a0$2");
    });
    counts();
    stability();
    all("[data-dates]").forEach((el) => { el.hidden = !el.dataset.dates.split(" ").includes(String(date)); });
    all("[data-known]").forEach((el) => el.classList.toggle("later", el.dataset.known > now.asOf));
    byId("as-of").textContent = now.asOfText;
    byId("submission").textContent = now.submission;
    byId("review").textContent = now.review;
    const line = byId("as-of-line");
    line.setAttribute("x1", now.x);
    line.setAttribute("x2", now.x);
    byId("stale").hidden = date === 0 && names.every((name) => chosen[name] === made[name]);
    byId("date").value = date;
    byId("setting").textContent = "record of " + now.asOfText + ", papers " + now.submission + "; " +
      data.readings.map((name, k) => data.letters[k] + " " + chosen[name]).join(", ");
    all("fieldset input").forEach((el) => { el.checked = chosen[el.name] === el.value; });
  }

  // The address keeps what differs: #?date=1&incirlik_is_possession=no. Fragments without "?" are places on the page.
  function toAddress() {
    const words = names.filter((name) => chosen[name] !== made[name]).map((name) => name + "=" + chosen[name]);
    if (date) words.unshift("date=" + date);
    history.replaceState(null, "", words.length ? "#?" + words.join("&") : location.pathname + location.search);
  }

  function fromAddress() {
    if (!location.hash.startsWith("#?")) return;
    chosen = Object.assign({}, made);
    date = 0;
    for (const word of location.hash.slice(2).split("&")) {
      const [name, answer] = word.split("=");
      if (name === "date" && data.dates[Number(answer)]) date = Number(answer);
      else if (names.includes(name) && ANSWERS.includes(answer)) chosen[name] = answer;
    }
  }

  const panel = byId("panel");
  let home = null;
  let opener = null;
  function close() {
    if (!home) return;
    home.replaceWith(byId("panel-body").firstElementChild);
    home = null;
    panel.hidden = true;
    if (opener) opener.focus({ preventScroll: true });
  }
  function open(section, from) {
    close();
    opener = from;
    home = document.createElement("span");
    section.replaceWith(home);
    byId("panel-body").replaceChildren(section);
    panel.hidden = false;
    panel.scrollTop = 0;
    byId("close").focus({ preventScroll: true });
  }
  document.addEventListener("click", (event) => {
    const from = event.target.closest('a[href^="#"]');
    if (!from) return;
    const section = byId(from.getAttribute("href").slice(1));
    if (!section) return;
    if (section.classList.contains("ev") && !panel.contains(section)) {
      event.preventDefault();
      open(section, from);
      return;
    }
    const closed = section.closest("details:not([open])");
    if (closed) closed.open = true;
    if (panel.contains(from)) close();
    event.preventDefault();
    section.scrollIntoView();
    all(".shown").forEach((el) => el.classList.remove("shown"));
    section.classList.add("shown");
  });
  byId("close").addEventListener("click", close);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  byId("date").addEventListener("change", (event) => { date = Number(event.target.value); toAddress(); show(); });
  all("fieldset input").forEach((el) => el.addEventListener("change", () => { chosen[el.name] = el.value; toAddress(); show(); }));
  byId("reset").addEventListener("click", () => { chosen = Object.assign({}, made); date = 0; toAddress(); show(); });
  function fromPlace() {
    const section = location.hash.startsWith("#e-") && byId(location.hash.slice(1));
    if (section && section.classList.contains("ev")) open(section, null);
  }
  window.addEventListener("hashchange", () => { fromAddress(); show(); fromPlace(); });
  window.addEventListener("beforeprint", close);

  byId("switchboard").hidden = false;
  if (window.innerWidth >= 1600 || location.hash.startsWith("#?")) byId("board").open = true;
  fromAddress();
  show();
  fromPlace();
})();
