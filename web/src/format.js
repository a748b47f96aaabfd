/** Seconds of battle as minutes and seconds, "4:07.5"; tenths only where asked for. */
export function clockText(seconds, digits = 0) {
  const scale = 10 ** digits;
  const whole = Math.max(0, Math.round(seconds * scale));
  const minutes = Math.floor(whole / (60 * scale));
  const rest = ((whole - minutes * 60 * scale) / scale).toFixed(digits);
  return `${minutes}:${rest.padStart(digits ? 3 + digits : 2, "0")}`;
}

/** Metres as "640 m", "8.2 km" or "147 km". */
export function distanceText(metres) {
  if (metres === null || metres === undefined || Number.isNaN(metres)) return "";
  if (metres < 995) return `${Math.round(metres)} m`;
  return metres < 9950 ? `${(metres / 1000).toFixed(1)} km` : `${Math.round(metres / 1000)} km`;
}

/** Index of the last row whose time (by `timeOf`) is at or before `t`, -1 if none; rows in time order. */
export function lastBefore(rows, t, timeOf = (row) => row[0]) {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeOf(rows[middle]) <= t + 1e-9) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The event rows that a filter lets through: groups that are on, words in text or name, one threat only. */
export function filteredEvents(events, threats, { groups, words, threat }) {
  const wanted = words.trim().toLowerCase().split(/\s+/).filter(Boolean);
  return events.filter(([, group, , text, i]) => {
    if (!groups.has(group) || (threat >= 0 && i !== threat)) return false;
    const hay = `${text} ${i >= 0 && i < threats.length ? threats[i].name : ""}`.toLowerCase();
    return wanted.every((word) => hay.includes(word));
  });
}
