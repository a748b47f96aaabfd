// Pictures for the globe: APP-6 symbols by milsymbol, and the few signs that APP-6 does not have. All are SVG in data
// URLs: sharp at any size, and quicker than a canvas where the processor draws.
import {
  ms,
  numberair,
  numberairmissile,
  numberlandequipment,
  numberlandinstallation,
  numberlandunit,
} from "milsymbol-parts";
import { COLOURS } from "./theme.js";

ms.addIcons([numberair, numberairmissile, numberlandunit, numberlandequipment, numberlandinstallation]);
ms.setStandard("APP6");

const INK = "#0a0f14";
const one = (colour) => new ms.ColorMode(colour, colour, colour, colour, colour, colour, colour);
const url = (svg) => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
const pictures = new Map();

function cached(key, make) {
  if (!pictures.has(key)) pictures.set(key, make());
  return pictures.get(key);
}

/** An APP-6 symbol (20-digit code) filled with one colour: image, width and height. */
export function app6(code, colour, size) {
  return cached(`${code}/${colour}/${size}`, () => {
    const symbol = new ms.Symbol(code, {
      size: size * 2, // made at twice its size and shown at half, for sharp screens
      colorMode: one(colour),
      frameColor: one(INK),
      iconColor: one(INK),
      strokeWidth: 8,
    });
    const { width, height } = symbol.getSize();
    return { image: url(symbol.asSVG()), width: width / 2, height: height / 2 };
  });
}

/** A sign of our own, drawn in a box of `size` around the origin. */
function drawn(size, body) {
  return cached(`${size}/${body}`, () => {
    const half = size / 2;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${2 * size}" height="${2 * size}" viewBox="${-half} ${-half} ${size} ${size}" fill="none" stroke-linecap="round" stroke-linejoin="round">${body}</svg>`;
    return { image: url(svg), width: size, height: size };
  });
}

/** An open ring: where the defender believes something is. */
export const trackRing = (colour, width, size) =>
  drawn(size, `<circle r="${size / 2 - 2}" stroke="${colour}" stroke-width="${width}"/>`);

/** A cross: an intercept that killed. */
export const killCross = () =>
  drawn(
    13,
    [[INK, 4], [COLOURS.kill, 1.7]].map(([colour, width]) => `<path d="M-4-4 4 4M4-4-4 4" stroke="${colour}" stroke-width="${width}"/>`).join(""),
  );

/** A dot: an intercept that did not kill. */
export const missDot = () => drawn(6, `<circle r="1.8" fill="${COLOURS.quiet}" fill-opacity="0.7"/>`);

/** A triangle on its point: where a threat got through. */
export const leakSign = () =>
  drawn(26, `<path d="M0 12-10-7H10Z" fill="${COLOURS.leaker}" stroke="${INK}" stroke-width="2"/>`);

/** A soft disc: the spread of a belief. */
export const spreadDisc = () =>
  drawn(64, `<circle r="31" fill="${COLOURS.track}" fill-opacity="0.18" stroke="${COLOURS.track}" stroke-opacity="0.7" stroke-width="0.8"/>`);

/** Four corners around what is selected. */
export const selectionCorners = () =>
  drawn(44, '<path d="M-19-11V-19H-11M11-19H19V-11M19 11V19H11M-11 19H-19V11" stroke="#fff" stroke-width="1.8"/>');
