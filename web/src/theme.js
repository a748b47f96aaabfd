// One colour for one meaning, on the globe, in lists and on the time line. Hues after Okabe and Ito, which stay apart
// for colour-blind readers; every meaning has a shape of its own besides.
export const COLOURS = {
  hostile: "#ff8763", // threats: what is
  leaker: "#ff5ebd", // threats that got through, and what they hit
  friend: "#74b9ff", // sites, radars, fire units
  track: "#ffd34d", // belief: what the defender thinks is there
  unknown: "#b7a8e0", // belief with nothing real behind it
  interceptor: "#4fd6a8", // our rounds, and where they can meet a target
  kill: "#ffffff", // intercepts that killed
  quiet: "#8494a5", // everything that only helps to read
};

/** Gives the style sheet the same colours. */
export function applyTheme(root = document.documentElement) {
  for (const [name, value] of Object.entries(COLOURS)) root.style.setProperty(`--${name}`, value);
}
