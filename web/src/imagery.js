// The ground: Natural Earth II tiles and the coast and border lines, both in the page.
import {
  Cartesian3,
  Color,
  ColorGeometryInstanceAttribute,
  Event,
  GeographicTilingScheme,
  ArcType,
  GeometryInstance,
  PerInstanceColorAppearance,
  Primitive,
  SimplePolylineGeometry,
} from "@cesium/engine";
import { mesh } from "topojson-client";
import TILES from "virtual:imagery";
import BORDERS from "virtual:borders";

/** Imagery from tiles that are in the page as data URLs; asks for nothing. */
export class InlinedImagery {
  constructor() {
    this.tilingScheme = new GeographicTilingScheme();
    this.rectangle = this.tilingScheme.rectangle;
    this.tileWidth = 256;
    this.tileHeight = 256;
    this.minimumLevel = 0;
    this.maximumLevel = 2;
    this.hasAlphaChannel = false;
    this.errorEvent = new Event();
    this.credit = undefined;
    this.proxy = undefined;
    this.tileDiscardPolicy = undefined;
  }
  getTileCredits() {
    return undefined;
  }
  pickFeatures() {
    return undefined;
  }
  async requestImage(x, y, level) {
    const south = this.tilingScheme.getNumberOfYTilesAtLevel(level) - 1 - y; // these tiles count from the south
    const image = new Image();
    image.src = TILES[`${level}/${x}/${south}`];
    await image.decode();
    return image;
  }
}

/** Coasts (brighter) and borders as thin lines on the ellipsoid. */
export function borderLines() {
  const { countries } = BORDERS.objects;
  const kinds = [
    [mesh(BORDERS, countries, (a, b) => a === b), 0.42],
    [mesh(BORDERS, countries, (a, b) => a !== b), 0.2],
  ];
  const instances = kinds.flatMap(([lines, alpha]) =>
    lines.coordinates
      .filter((line) => line.length > 1)
      .map(
        (line) =>
          new GeometryInstance({
            geometry: new SimplePolylineGeometry({
              positions: Cartesian3.fromDegreesArray(line.flat()),
              arcType: ArcType.NONE,
            }),
            attributes: {
              color: ColorGeometryInstanceAttribute.fromColor(Color.fromCssColorString("#c9d6e2").withAlpha(alpha)),
            },
          }),
      ),
  );
  return new Primitive({
    geometryInstances: instances,
    appearance: new PerInstanceColorAppearance({ flat: true, translucent: true }),
    asynchronous: false,
    allowPicking: false,
  });
}
