// What the model says about reach: where rounds can meet a level inbound of one type at one altitude, where radars see
// it, and beside it the published range as a thin dashed line. Ranges come from Parapet, ray by ray.
import {
  Cartesian3,
  Color,
  ColorGeometryInstanceAttribute,
  GeometryInstance,
  LabelCollection,
  LabelStyle,
  Material,
  PerInstanceColorAppearance,
  PolygonGeometry,
  PolygonHierarchy,
  PolylineCollection,
  Primitive,
  PrimitiveCollection,
} from "@cesium/engine";
import clipping from "polygon-clipping";
import { distanceText } from "./format.js";
import { COLOURS } from "./theme.js";

const RADIUS_M = 6371000;
const rad = (degrees) => (degrees * Math.PI) / 180;
const deg = (radians) => (radians * 180) / Math.PI;

/** The place so far along the ground in a direction, [lon, lat] in degrees; the sphere on which ranges were asked. */
export function destination(lon, lat, azimuthDeg, rangeM) {
  const turn = rangeM / RADIUS_M;
  const azimuth = rad(azimuthDeg);
  const phi = rad(lat);
  const there = Math.asin(Math.sin(phi) * Math.cos(turn) + Math.cos(phi) * Math.sin(turn) * Math.cos(azimuth));
  const aside = Math.atan2(
    Math.sin(azimuth) * Math.sin(turn) * Math.cos(phi),
    Math.cos(turn) - Math.sin(phi) * Math.sin(there),
  );
  return [lon + deg(aside), deg(there)];
}

/** Rings of [lon, lat] of what lies between two ranges of every ray; nothing where the outer one is negative. */
export function polygonOf(place, outer, inner) {
  const n = outer.length;
  if (!outer.some((range) => range > 0)) return [];
  const at = (k, range) => destination(place.lon, place.lat, (360 * k) / n, range);
  const ring = (ranges) => {
    const points = [];
    for (let k = 0; k < n; k += 1) points.push(at(k, Math.max(ranges[k], 1)));
    points.push(points[0]);
    return points;
  };
  const hole = outer.map((range, k) => (range > 0 ? Math.max(inner?.[k] ?? 0, 0) : 0));
  return hole.some((range) => range > 500) ? [[ring(outer), ring(hole)]] : [[ring(outer)]];
}

const united = (polygons) => {
  const some = polygons.filter((polygon) => polygon.length);
  return some.length ? clipping.union(...some) : [];
};

/** Shows zones on a scene; `show({altitude, type})` draws anew, `visible` switches parts. */
export class Zones {
  constructor(scene, data) {
    this.data = data.zones;
    this.rings = data.rings;
    this.scene = scene;
    this.root = scene.primitives.add(new PrimitiveCollection());
    this.parts = {};
    this.visible = { zone: false, radar: false, ring: false };
    this.choice = { altitude: this.data.altitudes_m[1], type: this.data.types[0]?.type };
  }

  setVisible(part, isVisible) {
    this.visible[part] = isVisible;
    this.draw();
  }

  choose(choice) {
    Object.assign(this.choice, choice);
    this.draw();
  }

  rows() {
    return this.data.rows.filter((row) => row.type === this.choice.type && row.altitude_m === this.choice.altitude);
  }

  /** The farthest reach of the chosen zone and of the radars that see, in m, over all units and rays. */
  reach() {
    const rows = this.rows();
    const most = (name) => Math.max(0, ...rows.flatMap((row) => row[name]));
    const least = (name) => {
      const all = rows.flatMap((row) => row[name]).filter((range) => range > 0);
      return all.length ? Math.min(...all) : 0;
    };
    return { met: most("outer_m"), metLeast: least("outer_m"), seen: most("search_m"), guided: most("guide_m") };
  }

  draw() {
    this.root.removeAll();
    const height = this.data.ground_m + this.choice.altitude;
    const rows = this.rows();
    const place = (row) => this.data.units[String(row.unit)];
    if (this.visible.radar) {
      const lines = this.root.add(new PolylineCollection());
      const seen = united(rows.map((row) => polygonOf(place(row), row.search_m)));
      this.outline(lines, seen, height, "friend", 1.2, 0.75, 10);
      for (const row of rows) {
        if (!row.guide_m.some((range) => range > 0)) continue;
        this.outline(lines, polygonOf(place(row), row.guide_m), height, "friend", 1, 0.35);
      }
    }
    if (this.visible.zone) {
      const met = united(rows.map((row) => polygonOf(place(row), row.outer_m, row.inner_m)));
      for (const polygon of met) this.fill(polygon, height, "interceptor", 0.13);
      this.outline(this.root.add(new PolylineCollection()), met, height, "interceptor", 2, 0.95);
    }
    if (this.visible.ring) {
      const lines = this.root.add(new PolylineCollection());
      const names = this.root.add(new LabelCollection({ scene: this.scene }));
      for (const ring of this.rings) {
        const circle = polygonOf(ring, new Array(180).fill(ring.range_m));
        this.outline(lines, circle, this.data.ground_m, "quiet", 1, 0.9, 14);
        const [lon, lat] = destination(ring.lon, ring.lat, 8, ring.range_m);
        names.add({
          position: Cartesian3.fromDegrees(lon, lat, this.data.ground_m),
          text: `${ring.interceptor.toUpperCase()} ${distanceText(ring.range_m)}, published`,
          font: "500 24px system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif",
          scale: 0.5,
          fillColor: Color.fromCssColorString("#a9b8c6"),
          outlineColor: Color.fromCssColorString("#070b10"),
          outlineWidth: 7,
          style: LabelStyle.FILL_AND_OUTLINE,
        });
      }
    }
    this.scene.requestRender();
  }

  outline(lines, multi, height, colour, width, alpha, dash = 0) {
    const color = Color.fromCssColorString(COLOURS[colour]).withAlpha(alpha);
    for (const ring of multi.flat()) {
      lines.add({
        positions: ring.map(([lon, lat]) => Cartesian3.fromDegrees(lon, lat, height)),
        width,
        material: dash
          ? Material.fromType("PolylineDash", { color, gapColor: Color.TRANSPARENT, dashLength: dash })
          : Material.fromType("Color", { color }),
      });
    }
  }

  fill([outer, ...holes], height, colour, alpha) {
    const flat = (ring) => Cartesian3.fromDegreesArray(ring.slice(0, -1).flat());
    this.root.add(
      new Primitive({
        geometryInstances: new GeometryInstance({
          geometry: new PolygonGeometry({
            polygonHierarchy: new PolygonHierarchy(flat(outer), holes.map((hole) => new PolygonHierarchy(flat(hole)))),
            height,
            vertexFormat: PerInstanceColorAppearance.FLAT_VERTEX_FORMAT,
          }),
          attributes: {
            color: ColorGeometryInstanceAttribute.fromColor(Color.fromCssColorString(COLOURS[colour]).withAlpha(alpha)),
          },
        }),
        appearance: new PerInstanceColorAppearance({ flat: true, translucent: true, closed: false }),
        asynchronous: false,
        allowPicking: false,
      }),
    );
  }
}
