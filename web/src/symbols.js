// Pictures for the globe: APP-6 symbols by milsymbol, and the few signs that APP-6 does not have.
import ms from "milsymbol";
import { COLOURS } from "./theme.js";

const pictures = new Map();

function cached(key, make) {
  if (!pictures.has(key)) pictures.set(key, make());
  return pictures.get(key);
}

/** An APP-6 symbol (20-digit code) in one colour, as a data URL. */
export function app6(code, colour, size) {
  return cached(`${code}/${colour}/${size}`, () => {
    const symbol = new ms.Symbol(code, {
      size: size * 2, // drawn at twice its size, shown at half: sharp on any screen
      colorMode: "Light",
      fill: true,
      fillOpacity: 0.28,
      fillColor: colour,
      frameColor: colour,
      iconColor: colour,
      monoColor: "",
      strokeWidth: 5,
      outlineWidth: 5,
      outlineColor: "rgba(7,11,16,0.85)",
    });
    return { image: symbol.asCanvas().toDataURL("image/png"), width: symbol.getSize().width / 2, height: symbol.getSize().height / 2 };
  });
}

function drawn(key, size, paint) {
  return cached(key, () => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = size * 2;
    const context = canvas.getContext("2d");
    context.scale(2, 2);
    context.lineCap = "round";
    paint(context, size / 2);
    return { image: canvas.toDataURL("image/png"), width: size, height: size };
  });
}

/** An open ring: where the defender believes something is. */
export const trackRing = (colour, width = 1.6, size = 18) =>
  drawn(`ring/${colour}/${width}/${size}`, size, (context, middle) => {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.arc(middle, middle, middle - 2, 0, 2 * Math.PI);
    context.stroke();
  });

/** A cross: an intercept that killed. */
export const killCross = () =>
  drawn("kill", 13, (context, middle) => {
    for (const [colour, width] of [["rgba(7,11,16,0.9)", 4], [COLOURS.kill, 1.8]]) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.beginPath();
      context.moveTo(middle - 4, middle - 4);
      context.lineTo(middle + 4, middle + 4);
      context.moveTo(middle + 4, middle - 4);
      context.lineTo(middle - 4, middle + 4);
      context.stroke();
    }
  });

/** A triangle on its point: a threat that got through. */
export const leakSign = () =>
  drawn("leak", 26, (context, middle) => {
    context.beginPath();
    context.moveTo(middle, middle + 10);
    context.lineTo(middle - 10, middle - 8);
    context.lineTo(middle + 10, middle - 8);
    context.closePath();
    context.fillStyle = COLOURS.leaker;
    context.strokeStyle = "rgba(7,11,16,0.9)";
    context.lineWidth = 2;
    context.fill();
    context.stroke();
  });

/** A soft disc: the spread of a belief. */
export const spreadDisc = () =>
  drawn("spread", 64, (context, middle) => {
    context.fillStyle = `${COLOURS.track}2e`;
    context.strokeStyle = `${COLOURS.track}b0`;
    context.lineWidth = 0.8;
    context.beginPath();
    context.arc(middle, middle, middle - 1, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  });

/** Four corners around what is selected. */
export const selectionCorners = () =>
  drawn("selection", 44, (context, middle) => {
    context.strokeStyle = "#ffffff";
    context.lineWidth = 1.6;
    const far = middle - 3;
    const near = far - 8;
    for (const [x, y] of [[1, 1], [1, -1], [-1, 1], [-1, -1]]) {
      context.beginPath();
      context.moveTo(middle + x * near, middle + y * far);
      context.lineTo(middle + x * far, middle + y * far);
      context.lineTo(middle + x * far, middle + y * near);
      context.stroke();
    }
  });
