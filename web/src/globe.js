// The globe: CZML in, with symbols, layers, trails, what is selected and what is followed.
import {
  BoundingSphere,
  CallbackPositionProperty,
  CallbackProperty,
  Cartesian2,
  Cartesian3,
  Cartographic,
  CesiumWidget,
  Clock,
  ClockRange,
  ClockStep,
  Color,
  ColorMaterialProperty,
  ConstantProperty,
  CustomDataSource,
  CzmlDataSource,
  DistanceDisplayCondition,
  HeadingPitchRange,
  ImageryLayer,
  JulianDate,
  LabelStyle,
  Math as CesiumMath,
  NearFarScalar,
  PolylineDashMaterialProperty,
  Rectangle,
  ScreenSpaceEventHandler,
  ScreenSpaceEventType,
  VerticalOrigin,
} from "@cesium/engine";
import { InlinedImagery, borderLines } from "./imagery.js";
import { app6, killCross, leakSign, missDot, selectionCorners, spreadDisc, trackRing } from "./symbols.js";
import { COLOURS } from "./theme.js";
import { destination } from "./zones.js";

const color = (name, alpha = 1) => Color.fromCssColorString(COLOURS[name]).withAlpha(alpha);
const FONT = "500 26px system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif"; // drawn large, shown at half: sharp
const NEAR_M = 90e3; // from closer than this, launchers and radars get signs of their own

/** Whether WebGL is drawn by the processor, as on a machine without a graphics card. */
function isSoftware(scene) {
  const gl = scene.context._gl;
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  return /swiftshader|llvmpipe|software/i.test(name);
}

export class Globe {
  constructor(container, data) {
    this.data = data;
    this.start = JulianDate.fromIso8601(data.epoch);
    this.stop = JulianDate.addSeconds(this.start, data.duration_s, new JulianDate());
    this.clock = new Clock({
      startTime: this.start,
      currentTime: this.start,
      stopTime: this.stop,
      clockRange: ClockRange.CLAMPED,
      clockStep: ClockStep.SYSTEM_CLOCK_MULTIPLIER,
      multiplier: 10,
      shouldAnimate: false,
    });
    const credits = document.createElement("div"); // ours stand at the foot of the globe
    this.widget = new CesiumWidget(container, {
      clock: this.clock,
      baseLayer: new ImageryLayer(new InlinedImagery(), { brightness: 0.5, saturation: 0.3, alpha: 0.32 }),
      skyBox: false,
      skyAtmosphere: false,
      scene3DOnly: true,
      creditContainer: credits,
      automaticallyTrackDataSourceClocks: false,
      requestRenderMode: true,
      msaaSamples: 2,
      contextOptions: { webgl: { antialias: false } }, // the scene smooths its own edges
      orderIndependentTranslucency: false,
      showRenderLoopErrors: false,
    });
    this.scene = this.widget.scene;
    if (isSoftware(this.scene)) this.scene.msaaSamples = 1; // a processor that plays the graphics card has enough to do
    this.scene.backgroundColor = Color.fromCssColorString("#070b10");
    this.scene.fog.enabled = false;
    const globe = this.scene.globe;
    globe.baseColor = Color.fromCssColorString("#101a24");
    globe.showGroundAtmosphere = false;
    globe.maximumScreenSpaceError = 4;
    this.scene.screenSpaceCameraController.maximumZoomDistance = 3e7;
    this.scene.screenSpaceCameraController.enableCollisionDetection = true;
    this.layers = {
      threats: true, tracks: true, rounds: true, sites: true, trails: true, marks: true, labels: true, spread: false,
      sweep: true, map: true,
    };
    this.entities = new Map();
    this.selected = null;
    this.onPick = () => {};
  }

  /** Loads the CZML and gives every entity its sign; resolves when the first picture with it is drawn. */
  async load() {
    const source = await new CzmlDataSource("battle").load(this.data.czml);
    this.byFamily = { threat: [], "search track": [], "fire-control track": [], round: [], site: [], mark: [] };
    this.threats = new Map(this.data.threats.map((threat) => [threat.key, threat]));
    source.entities.suspendEvents();
    for (const entity of source.entities.values) {
      const family = entity.properties?.family?.getValue();
      if (!family) continue;
      this.entities.set(entity.id, entity);
      this.byFamily[family].push(entity);
      entity.description = undefined;
      this.dress(entity, family);
    }
    source.entities.resumeEvents();
    this.spread = new CustomDataSource("spread");
    this.extra = new CustomDataSource("selection");
    this.sweeps = new CustomDataSource("sweeps");
    this.addSelection();
    this.addSweeps();
    await Promise.all([source, this.spread, this.extra, this.sweeps].map((one) => this.widget.dataSources.add(one)));
    this.applyLayers();
    this.home(0);
    this.listen();
    await this.drawn();
    setTimeout(() => {
      this.borders = this.scene.primitives.add(borderLines()); // a quarter of a second of work: not before the battle is seen
      this.applyLayers();
    }, 50);
  }

  /** Resolves when battle and ground have been drawn once; finer tiles of the ground may still come. */
  drawn() {
    return new Promise((resolve) => {
      const { globe } = this.scene;
      const until = performance.now() + 15000;
      const place = this.centre; // the ground has a height where there is a tile of it
      const look = () => {
        this.scene.requestRender(); // now and then, not at every turn: frames cost most where the processor draws
        if (globe.getHeight(place) === undefined && performance.now() < until) return setTimeout(look, 120);
        return requestAnimationFrame(() => requestAnimationFrame(resolve));
      };
      look();
    });
  }

  said(entity, name) {
    return entity.properties?.[name]?.getValue(this.clock.currentTime);
  }

  dress(entity, family) {
    const far = new NearFarScalar(1e5, 1, 2e6, 0.6);
    const billboard = (picture, more = {}) => {
      entity.point = undefined;
      entity.billboard = {
        image: picture.image, width: picture.width, height: picture.height, scaleByDistance: far,
        ...more,
      };
    };
    const label = (text, more = {}) => {
      entity.label = {
        text, font: FONT, scale: 0.5, fillColor: Color.fromCssColorString("#d9e8f7"), outlineColor: Color.fromCssColorString("#070b10"),
        outlineWidth: 7, style: LabelStyle.FILL_AND_OUTLINE, pixelOffset: new Cartesian2(0, 16), verticalOrigin: VerticalOrigin.TOP,
        scaleByDistance: new NearFarScalar(3e4, 1, 2e6, 0.75), ...more,
      };
    };
    const symbol = this.said(entity, "symbol");
    if (family === "threat") {
      const isLeaker = this.threats.get(entity.id)?.outcome === "leaked";
      const name = isLeaker ? "leaker" : "hostile";
      billboard(app6(symbol, COLOURS[name], isLeaker ? 19 : 16));
      this.trail(entity, name, 2, 0.75);
    } else if (family === "round") {
      billboard(app6(symbol, COLOURS.interceptor, 8.5));
      this.trail(entity, "interceptor", 1.5, 0.7);
    } else if (family === "site") {
      const kind = this.said(entity, "kind");
      const isMain = kind === "asset" || kind === "command post";
      billboard(app6(symbol, COLOURS.friend, isMain ? 15 : 9), {
        distanceDisplayCondition: isMain ? undefined : new DistanceDisplayCondition(0, NEAR_M),
      });
      if (isMain) label(entity.name, kind === "asset" ? {} : { pixelOffset: new Cartesian2(0, -18), verticalOrigin: VerticalOrigin.BOTTOM });
    } else if (family === "mark") {
      const kind = this.said(entity, "kind");
      const isKill = kind === "intercept" && String(this.said(entity, "detail")).startsWith("killed");
      if (kind === "leak") billboard(leakSign(), { scaleByDistance: undefined, verticalOrigin: VerticalOrigin.BOTTOM });
      else if (isKill) billboard(killCross());
      else billboard(missDot());
    } else {
      const isReal = Boolean(this.said(entity, "about"));
      const isFire = family === "fire-control track";
      billboard(isReal ? trackRing(COLOURS.track, isFire ? 2.4 : 1.2, isFire ? 26 : 22) : app6(symbol, COLOURS.unknown, 11));
      this.trail(entity, isReal ? "track" : "unknown", 1, 0.45);
    }
  }

  trail(entity, name, width, alpha) {
    entity.path.material = new ColorMaterialProperty(color(name, alpha));
    entity.path.width = new ConstantProperty(width);
    entity.path.trailTime = new ConstantProperty(name === "interceptor" ? 25 : 45);
  }

  /** The corners around what is selected, its name, and the line from truth to belief. */
  addSelection() {
    const place = (time, result) => this.selected?.position?.getValue(time, result);
    const corners = selectionCorners();
    this.marker = this.extra.entities.add({
      position: new CallbackPositionProperty(place, false),
      billboard: { image: corners.image, width: corners.width, height: corners.height, disableDepthTestDistance: Infinity },
      label: {
        text: "", font: FONT.replace("500", "600"), scale: 0.52, fillColor: Color.WHITE, outlineColor: Color.fromCssColorString("#070b10"),
        outlineWidth: 8, style: LabelStyle.FILL_AND_OUTLINE, pixelOffset: new Cartesian2(0, -32), disableDepthTestDistance: Infinity,
      },
      show: false,
    });
    this.extra.entities.add({
      polyline: {
        positions: new CallbackProperty((time) => {
          const here = this.selected && place(time);
          const believed = here && this.beliefs(this.selected.name, time)[0];
          return believed ? [here, believed.place] : [];
        }, false),
        width: 2,
        arcType: 0,
        material: new PolylineDashMaterialProperty({ color: color("track", 0.9), dashLength: 8 }),
      },
    });
  }

  /** Where search radars look right now: one turning line for each that turns and feeds a command post. */
  addSweeps() {
    for (const sensor of this.data.sensors) {
      if (sensor.is_engagement || sensor.i_unit >= 0 || sensor.half_sector_deg !== null || !sensor.is_on) continue;
      if (!(sensor.period_s > 0)) continue;
      const from = Cartesian3.fromDegrees(sensor.lon, sensor.lat, sensor.height_m);
      this.sweeps.entities.add({
        polyline: {
          positions: new CallbackProperty((time) => {
            if (this.clock.multiplier > 5) return []; // faster than this it is a flicker
            const turns = JulianDate.secondsDifference(time, this.start) / sensor.period_s;
            const azimuth = sensor.phase_deg + 360 * (turns % 1);
            const [lon, lat] = destination(sensor.lon, sensor.lat, azimuth, Math.min(sensor.range_max_m, 2e5));
            return [from, Cartesian3.fromDegrees(lon, lat, sensor.height_m)];
          }, false),
          width: 1.2,
          material: new ColorMaterialProperty(color("friend", 0.5)),
        },
      });
    }
  }

  addSpread() {
    if (this.spread.entities.values.length) return;
    const disc = spreadDisc();
    for (const entity of [...this.byFamily["search track"], ...this.byFamily["fire-control track"]]) {
      const sigma = entity.properties.sigma_m;
      const size = new CallbackProperty((time) => 4 * (sigma.getValue(time) ?? 0), false); // two sigma to each side
      this.spread.entities.add({
        position: entity.position,
        availability: entity.availability,
        billboard: { image: disc.image, width: size, height: size, sizeInMeters: true },
      });
    }
  }

  setLayer(name, isOn) {
    this.layers[name] = isOn;
    this.applyLayers();
  }

  applyLayers() {
    const { layers } = this;
    const families = {
      threat: layers.threats, "search track": layers.tracks, "fire-control track": layers.tracks, round: layers.rounds,
      site: layers.sites, mark: layers.marks,
    };
    for (const [family, isOn] of Object.entries(families)) {
      for (const entity of this.byFamily[family]) {
        entity.show = isOn;
        if (entity.path) entity.path.show = new ConstantProperty(layers.trails);
        this.showLabel(entity);
      }
    }
    if (layers.spread) this.addSpread();
    this.spread.show = layers.spread && layers.tracks;
    this.sweeps.show = layers.sweep;
    if (this.borders) this.borders.show = layers.map;
    this.scene.requestRender();
  }

  /** The plain label; not of what is selected, whose name stands at its corners. */
  showLabel(entity) {
    if (entity?.label) entity.label.show = new ConstantProperty(this.layers.labels && entity !== this.selected);
  }

  /** Tracks that are mostly of this threat now: entity, place, spread in m; the fire-control track first. */
  beliefs(name, time = this.clock.currentTime) {
    const made = [];
    for (const family of ["fire-control track", "search track"]) {
      for (const entity of this.byFamily[family]) {
        if (this.said(entity, "about") !== name || !entity.isAvailable(time)) continue;
        const place = entity.position.getValue(time);
        if (place) made.push({ entity, family, place, sigma: entity.properties.sigma_m.getValue(time) });
      }
    }
    return made;
  }

  /** What is known of an entity now: height above the ground, speed, and for a threat how far off belief is. */
  state(entity, time = this.clock.currentTime) {
    const here = entity?.isAvailable(time) && entity.position?.getValue(time);
    if (!here) return null;
    const next = JulianDate.addSeconds(time, 0.5, new JulianDate());
    const last = JulianDate.addSeconds(time, -0.5, new JulianDate());
    const a = entity.position.getValue(last) ?? here;
    const b = entity.position.getValue(next) ?? here;
    const span = (a === here ? 0 : 0.5) + (b === here ? 0 : 0.5);
    const belief = this.beliefs(entity.name, time)[0];
    return {
      agl_m: Cartographic.fromCartesian(here).height - this.data.zones.ground_m,
      speed_mps: span ? Cartesian3.distance(a, b) / span : null,
      off_m: belief ? Cartesian3.distance(here, belief.place) : null,
      sigma_m: belief?.sigma ?? null,
      belief: belief?.family ?? null,
    };
  }

  select(key) {
    const before = this.selected;
    this.selected = key ? (this.entities.get(key) ?? null) : null;
    this.showLabel(before);
    this.showLabel(this.selected);
    this.marker.show = Boolean(this.selected);
    this.marker.label.text = new ConstantProperty(this.selected?.name ?? "");
    if (this.isFollowing) this.follow(true);
    this.scene.requestRender();
  }

  follow(isOn) {
    this.isFollowing = Boolean(isOn && this.selected);
    this.widget.trackedEntity = this.isFollowing ? this.selected : undefined;
    if (this.isFollowing) this.selected.viewFrom = new ConstantProperty(new Cartesian3(0, -22e3, 26e3));
    this.scene.requestRender();
  }

  /** The whole battle from the south, high up. */
  home(duration = 0.8) {
    this.follow(false);
    const places = [];
    const keep = (entity, time) => {
      const place = entity.position?.getValue(time);
      if (place) places.push(Cartographic.fromCartesian(place));
    };
    for (const entity of this.byFamily.site) keep(entity, this.start);
    const air = this.byFamily.threat.filter((entity) => !String(this.said(entity, "type")).endsWith("ballistic missile"));
    for (const entity of air.length ? air : this.byFamily.threat) keep(entity, entity.availability.start);
    const box = Rectangle.fromCartographicArray(places.map((one) => new Cartographic(one.longitude, one.latitude, 0)));
    const middle = Rectangle.center(box);
    this.centre = middle;
    const corner = Cartesian3.fromRadians(box.east, box.north);
    const centre = Cartesian3.fromRadians(middle.longitude, middle.latitude);
    const radius = Math.max(Cartesian3.distance(corner, centre), 2e4);
    const aspect = this.scene.canvas.clientWidth / Math.max(this.scene.canvas.clientHeight, 1);
    const range = (radius * 1.25) / Math.tan(0.5 * (this.scene.camera.frustum.fov ?? 1) * Math.min(1, 1 / aspect) * 1.15);
    // what lies under the list of layers is not seen: look a little further west
    const covered = document.querySelector("#layers details")?.open ? document.querySelector("#layers").offsetWidth : 0;
    const share = Math.min((0.5 * covered) / Math.max(this.scene.canvas.clientWidth, 1), 0.2);
    const width = 2 * range * Math.tan(0.5 * (this.scene.camera.frustum.fov ?? 1)) * Math.min(1, 1 / aspect) * aspect;
    const aside = (share * width) / (6.371e6 * Math.max(Math.cos(middle.latitude), 0.2));
    const seen = Cartesian3.fromRadians(middle.longitude - aside, middle.latitude);
    this.scene.camera.flyToBoundingSphere(new BoundingSphere(seen, radius), {
      offset: new HeadingPitchRange(0, CesiumMath.toRadians(-58), range),
      duration,
    });
    this.scene.requestRender();
  }

  north() {
    const { camera } = this.scene;
    camera.flyTo({ destination: camera.positionWC.clone(), orientation: { heading: 0, pitch: camera.pitch, roll: 0 }, duration: 0.4 });
  }

  listen() {
    const handler = new ScreenSpaceEventHandler(this.scene.canvas);
    handler.setInputAction(({ position }) => {
      const found = this.scene.pick(position, 9, 9);
      this.onPick(found?.id?.id ? found.id : null);
    }, ScreenSpaceEventType.LEFT_CLICK);
    this.widget.trackedEntityChanged.addEventListener(() => this.scene.requestRender());
  }

  get t() {
    return JulianDate.secondsDifference(this.clock.currentTime, this.start);
  }

  set t(seconds) {
    const clamped = Math.min(Math.max(seconds, 0), this.data.duration_s);
    this.clock.currentTime = JulianDate.addSeconds(this.start, clamped, new JulianDate());
    this.scene.requestRender();
  }
}
