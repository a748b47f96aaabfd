// The parts of the page that need no browser.
import assert from "node:assert/strict";
import test from "node:test";
import milsymbol from "milsymbol";
import { clockText, distanceText, filteredEvents, lastBefore } from "../src/format.js";

test("times and distances as a person reads them", () => {
  assert.equal(clockText(0), "0:00");
  assert.equal(clockText(59.96), "1:00");
  assert.equal(clockText(59.96, 1), "1:00.0");
  assert.equal(clockText(247.52, 1), "4:07.5");
  assert.equal(clockText(3605), "60:05");
  assert.equal(distanceText(12), "12 m");
  assert.equal(distanceText(999), "1.0 km");
  assert.equal(distanceText(9949), "9.9 km");
  assert.equal(distanceText(9951), "10 km");
  assert.equal(distanceText(147300), "147 km");
  assert.equal(distanceText(null), "");
});

test("the last row at or before a time", () => {
  const rows = [[1], [2], [2], [5]];
  assert.deepEqual([0.5, 1, 1.5, 2, 4.9, 5, 99].map((t) => lastBefore(rows, t)), [-1, 0, 0, 2, 2, 3, 3]);
  assert.equal(lastBefore([], 3), -1);
});

test("events are filtered by group, words and threat", () => {
  const threats = [{ name: "som-01" }, { name: "scud-01" }];
  const events = [
    [1, 0, 1, "threat launched", 0, -1],
    [2, 3, 10, "48n6e3 launched · unit-1", 0, 0],
    [3, 3, 10, "9m96e launched · unit-2", 1, 1],
    [4, 1, 4, "track firm, number 3, nothing real behind it", -1, -1],
  ];
  const all = new Set([0, 1, 2, 3]);
  const ids = (filter) => filteredEvents(events, threats, { groups: all, words: "", threat: -1, ...filter }).map((row) => row[0]);
  assert.deepEqual(ids({}), [1, 2, 3, 4]);
  assert.deepEqual(ids({ groups: new Set([3]) }), [2, 3]);
  assert.deepEqual(ids({ words: "SOM" }), [1, 2]);
  assert.deepEqual(ids({ words: "launched unit-2" }), [3]);
  assert.deepEqual(ids({ threat: 1 }), [3]);
  assert.deepEqual(ids({ words: "nothing real" }), [4]);
});

test("the symbols that Parapet names are symbols of APP-6", () => {
  const codes = [
    "10060100001101000000", "10060200001100000700", "10060200001100000600", // aircraft, cruise, ballistic missile
    "10030200001100000800", "10010100000000000000", // interceptor, unknown
    "10032000000000000000", "10031002001301000000", "10031500002203000000", "10031500001111000000", // sites
  ];
  for (const code of codes) {
    const symbol = new milsymbol.Symbol(code);
    assert.equal(symbol.isValid(), true, code);
    assert.equal(symbol.getMetadata().affiliation, { 6: "Hostile", 3: "Friend", 1: "Unknown" }[code[3]], code);
  }
});
