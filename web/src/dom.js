/**
 * An element with attributes and children. Text children become text nodes: nothing that a scenario named is ever
 * parsed as HTML. `on…` functions become listeners.
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "style") for (const [key, one] of Object.entries(value)) node.style.setProperty(key, one);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** A small sign for a meaning: the same shapes as on the globe. */
export function sign(kind) {
  const shapes = {
    hostile: "M3 14.5V6L8 1.5 13 6v8.5",
    leaker: "M8 14 1.5 3h13Z",
    friend: "M1.5 3.5h13v9h-13Z",
    track: "M8 2a6 6 0 1 0 0 12 6 6 0 1 0 0-12Z",
    unknown: "M5 5a3 3 0 1 1 6 0 3 3 0 1 1 0 6 3 3 0 1 1-6 0 3 3 0 1 1 0-6Z",
    interceptor: "M3 14.5V7a5 5 0 0 1 10 0v7.5",
    kill: "M2 2 14 14M14 2 2 14",
    miss: "M8 5a3 3 0 1 0 0 6 3 3 0 1 0 0-6Z",
    zone: "M1 13C2 4 14 4 15 13Z",
    ring: "M8 2a6 6 0 1 0 0 12 6 6 0 1 0 0-12Z",
    radar: "M8 14 2 3.5A12 12 0 0 1 14 3.5Z",
    trail: "M1 14C5 13 9 9 15 2",
    uncertainty: "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 1 0 0-13ZM8 7v2M7 8h2",
    label: "M2 4h12M2 8h9M2 12h6",
    map: "M1 11 5 9 7 11 11 5 15 6",
  };
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", `sign sign-${kind}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", shapes[kind] ?? shapes.track);
  svg.append(path);
  return svg;
}
