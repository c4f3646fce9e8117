// The map itself: MapLibre with a source and layers for each collection, kept at a moment.

import {Map as GLMap, setWorkerUrl} from 'maplibre-gl';
import type {FilterSpecification, LayerSpecification, MapGeoJSONFeature, MapMouseEvent, PointLike, VectorTileSource} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import 'maplibre-gl/dist/maplibre-gl.css';

import {tileURL} from '../api';
import type {Bounds} from '../api';
import type {Selection, View} from '../hash';
import type {Moment} from '../time';
import {cameraFor} from './camera';
import type {Padding} from './camera';
import type {Sample, Shape} from './legend';
import {reconcile} from './reconcile';
import type {Target} from './reconcile';
import {baseStyle, layersOf, lightOf, skyOf} from './style';
import type {Look, Subject} from './style';

/** A collection with what its tiles need. */
export interface Layer extends Subject {
  minzoom: number;
  maxzoom: number;
  bounds?: Bounds;
}

/** What the map tells. */
export interface Listener {
  moved(view: View): void;
  picked(hit: Selection | undefined): void;
  failed(collection: string, why: unknown): void;
  /** Nothing is being loaded or drawn any more. */
  idle(): void;
}

// What systems have for Chinese; the map loads no font from anywhere.
const FONTS = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC","WenQuanYi Micro Hei",sans-serif';
const REACH = 4; // pixels around the pointer in which lines and points are hit

/** The tiles that a source shows, and those that it ought to. */
interface Feed {
  layer: Layer;
  shown: string;
  wanted: string;
  /** The data changed under the same address. */
  stale: boolean;
  /** Some of its tiles could not be read. */
  broken: boolean;
  /** The bounds and zoom levels that its source was made with. */
  reach: string;
}

const reachOf = (l: Layer): string => JSON.stringify([l.minzoom, l.maxzoom, l.bounds]);

/** Board is the map in an element. Its methods may be called before the style has loaded. */
export class Board {
  readonly map: GLMap;
  private feeds = new Map<string, Feed>();
  private specs: LayerSpecification[] = [];
  private look: Look;
  private moment: Moment = null;
  private selected?: Selection;
  private hovered?: Selection;
  private ready = false;
  private pointer?: {x: number; y: number};
  private picking = 8; // milliseconds that the last look took

  constructor(container: HTMLElement, view: View, look: Look, label: string, private readonly to: Listener) {
    setWorkerUrl(new URL(workerUrl, document.baseURI).href);
    this.look = look;
    const software = drawsInSoftware();
    this.map = new GLMap({
      container,
      style: baseStyle(look.dark),
      center: [view.lon, view.lat], zoom: view.zoom, bearing: view.bearing, pitch: view.pitch,
      maxPitch: 75,
      maxZoom: 22,
      localIdeographFontFamily: FONTS,
      // It would show the attribution of a source as HTML; the page shows it as text.
      attributionControl: false,
      // Changes are told by the server, and times in the past do not expire.
      refreshExpiredTiles: false,
      validateStyle: false, // the tests do
      fadeDuration: software ? 0 : 150,
      locale: {'Map.Title': label},
      canvasContextAttributes: {antialias: !software},
    });
    this.map.on('style.load', () => {
      this.ready = true;
      this.sync();
    });
    this.map.on('moveend', () => this.to.moved(this.view()));
    this.map.on('sourcedata', () => this.pump());
    this.map.on('idle', () => {
      this.pump();
      if (this.settled()) this.to.idle();
    });
    this.map.on('error', (e: {error?: unknown; sourceId?: string}) => this.error(e.sourceId, e.error));
    this.map.on('mousemove', (e) => this.point(e));
    this.map.on('mouseout', () => this.hover(undefined));
    this.map.on('click', (e) => this.to.picked(this.pick(e.point.x, e.point.y)));
    this.map.getCanvas().addEventListener('keydown', (e) => {
      if (e.key !== 'Enter') return;
      const {x, y} = this.map.project(this.map.getCenter());
      this.to.picked(this.pick(x, y));
    });
  }

  /** view is where the map looks from. */
  view(): View {
    const {lng, lat} = this.map.getCenter();
    return {zoom: this.map.getZoom(), lat, lon: lng, bearing: this.map.getBearing(), pitch: this.map.getPitch()};
  }

  /** show draws these collections, the first below the others of its sort. */
  show(layers: readonly Layer[], look: Look): void {
    const themed = look.dark !== this.look.dark;
    this.look = look;
    const names = new Set(layers.map((l) => l.id));
    for (const id of [...this.feeds.keys()]) if (!names.has(id)) this.remove(id);
    for (const layer of layers) {
      const url = tileURL(layer.id, this.moment);
      const feed = this.feeds.get(layer.id);
      if (feed) feed.layer = layer;
      else this.feeds.set(layer.id, {layer, shown: url, wanted: url, stale: false, broken: false, reach: reachOf(layer)});
    }
    if (!this.ready) return;
    if (themed) {
      const base = baseStyle(look.dark);
      this.map.setPaintProperty('land', 'background-color', (base.layers[0] as {paint: {'background-color': string}}).paint['background-color']);
      this.map.setLight(lightOf(look.dark));
      this.map.setSky(skyOf(look.dark));
    }
    this.sync();
  }

  /** setMoment shows another moment; the tiles of the old one stay until the new ones are there. */
  setMoment(moment: Moment): void {
    this.moment = moment;
    for (const [id, feed] of this.feeds) feed.wanted = tileURL(id, moment);
    this.pump();
  }

  /** refresh reads the tiles of a collection again, or of all. */
  refresh(collection?: string): void {
    for (const [id, feed] of this.feeds) if (collection === undefined || collection === id) feed.stale = true;
    this.pump();
  }

  /** settled says whether every visible collection shows the moment asked for. */
  settled(): boolean {
    if (!this.ready) return false;
    for (const [id, f] of this.feeds) {
      if (f.layer.visible && (f.stale || f.shown !== f.wanted || !this.map.isSourceLoaded(id))) return false;
    }
    return true;
  }

  /** idle resolves once everything is loaded and drawn. */
  async idle(): Promise<void> {
    for (;;) {
      await new Promise<void>((done) => {
        this.map.once('idle', () => done());
        this.map.triggerRepaint();
      });
      if (this.settled()) return;
    }
  }

  /** pick answers the topmost feature at a point of the map's element, in pixels. */
  pick(x: number, y: number): Selection | undefined {
    const layers = this.specs.filter((l) => l.type !== 'symbol' && this.map.getLayer(l.id));
    if (layers.length === 0) return undefined;
    const query = (at: PointLike | [PointLike, PointLike], some: LayerSpecification[]) =>
      this.map.queryRenderedFeatures(at, {layers: some.map((l) => l.id)})[0];
    const exact = query([x, y], layers);
    if (exact?.layer.type === 'fill-extrusion') return selectionOf(exact);
    // A line or a point close by wins over the ground that it lies on, not over a building.
    const thin = layers.filter((l) => (l.type === 'line' && !l.id.endsWith('-edge')) || l.type === 'circle');
    return selectionOf(query([[x - REACH, y - REACH], [x + REACH, y + REACH]], thin) ?? exact);
  }

  /** select marks a feature, or none. */
  select(s: Selection | undefined): void {
    this.mark(this.selected, 'selected', false);
    this.selected = s;
    this.mark(s, 'selected', true);
  }

  /** features are the ids of the distinct features in the loaded tiles of a collection. */
  features(collection: string): Set<string> {
    return new Set(this.query(collection).map((f) => String(f.id)));
  }

  /** samples are the properties of the features of a shape in the loaded tiles of a collection. */
  samples(collection: string, shape: Shape): Sample[] {
    return this.query(collection, ['==', ['geometry-type'], shape]).map((f) => f.properties);
  }

  private query(collection: string, filter?: FilterSpecification): MapGeoJSONFeature[] {
    if (!this.map.getSource(collection)) return [];
    return this.map.querySourceFeatures(collection, {sourceLayer: collection, ...(filter ? {filter} : {})}) as MapGeoJSONFeature[];
  }

  /** broken says whether tiles of a collection could not be read. */
  broken(collection: string): boolean {
    return this.feeds.get(collection)?.broken ?? false;
  }

  /** fit looks at bounds, clear of panels. */
  fit(bounds: Bounds, padding: Padding, options: {pitch?: number; bearing?: number; animate: boolean}): void {
    const {pitch = this.map.getPitch(), bearing = this.map.getBearing(), animate} = options;
    const {clientWidth: width, clientHeight: height} = this.map.getContainer();
    const camera = cameraFor(bounds, {width, height}, padding, {bearing, pitch});
    const offset: [number, number] = [(padding.left - padding.right) / 2, (padding.top - padding.bottom) / 2];
    this.map.easeTo({...camera, offset, pitch, bearing, animate, duration: 900});
  }

  /** destroy frees everything. */
  destroy(): void {
    this.map.remove();
  }

  private sync(): void {
    for (const [id, feed] of this.feeds) {
      if (feed.reach !== reachOf(feed.layer)) this.drop(id); // MapLibre asks for no tile outside of what it was told
      if (!this.map.getSource(id)) this.add(id, feed);
    }
    const all = [...this.feeds.values()].flatMap((f, i) => layersOf(f.layer, this.look).map((r) => ({...r, i})));
    all.sort((a, b) => a.rank - b.rank || a.i - b.i);
    const next = all.map((r) => r.spec);
    reconcile(this.target(), this.specs, next);
    this.map.setLayoutProperty('land', 'visibility', 'visible'); // tells the map that its style has changed
    this.specs = next;
    this.pump();
  }

  /**
   * target is the map without its checks of what it is given, which take longer than all else
   * that is done before the first picture; the tests check every style.
   */
  private target(): Target {
    const {map} = this;
    const unchecked = {validate: false};
    return {
      addLayer: (spec, before) => map.style.addLayer(spec, before, unchecked),
      removeLayer: (id) => map.removeLayer(id),
      moveLayer: (id, before) => map.moveLayer(id, before),
      setPaintProperty: (id, name, value) => map.setPaintProperty(id, name as never, value as never, unchecked),
      setLayoutProperty: (id, name, value) => map.setLayoutProperty(id, name as never, value as never, unchecked),
      setFilter: (id, filter) => map.setFilter(id, filter, unchecked),
      setLayerZoomRange: (id, min, max) => map.setLayerZoomRange(id, min, max),
    };
  }

  private add(id: string, feed: Feed): void {
    feed.shown = feed.wanted;
    feed.stale = false;
    feed.broken = false;
    feed.reach = reachOf(feed.layer);
    this.map.addSource(id, {
      type: 'vector', tiles: [feed.wanted], promoteId: 'id',
      minzoom: feed.layer.minzoom, maxzoom: feed.layer.maxzoom,
      ...(feed.layer.bounds ? {bounds: feed.layer.bounds} : {}),
    });
    if (this.selected?.collection === id) this.mark(this.selected, 'selected', true);
  }

  private remove(id: string): void {
    this.feeds.delete(id);
    this.drop(id);
  }

  private drop(id: string): void {
    if (!this.map.getSource(id)) return;
    const own = this.specs.filter((l) => 'source' in l && l.source === id);
    for (const l of own) this.map.removeLayer(l.id);
    this.specs = this.specs.filter((l) => !own.includes(l));
    this.map.removeSource(id);
  }

  /**
   * pump gives each source the tiles that it ought to show, once those before them have come.
   * MapLibre answers a change of address while a tile is being loaded with the old tile, and
   * waits without end where one has failed: the first is waited for, the second made anew.
   */
  private pump(): void {
    if (!this.ready) return;
    let rebuilt = false;
    for (const [id, feed] of this.feeds) {
      if (feed.shown === feed.wanted && !feed.stale) continue;
      const source = this.map.getSource(id) as VectorTileSource | undefined;
      if (!source || !this.map.isSourceLoaded(id)) continue;
      if (feed.broken) {
        this.drop(id);
        rebuilt = true;
        continue;
      }
      feed.shown = feed.wanted;
      feed.stale = false;
      source.setTiles([feed.wanted]);
    }
    if (rebuilt) this.sync();
  }

  private error(source: string | undefined, why: unknown): void {
    const feed = source === undefined ? undefined : this.feeds.get(source);
    if (feed) feed.broken = true;
    this.to.failed(source ?? '', why);
  }

  /** point looks what is under the pointer, but for a third of the time at most: buildings are many. */
  private point(e: MapMouseEvent): void {
    const waiting = this.pointer !== undefined;
    this.pointer = {x: e.point.x, y: e.point.y};
    if (waiting) return;
    setTimeout(() => {
      const at = this.pointer;
      this.pointer = undefined;
      if (!at || this.map.isMoving()) return;
      const began = performance.now();
      this.hover(this.pick(at.x, at.y));
      this.picking = performance.now() - began;
    }, this.picking * 2);
  }

  private hover(s: Selection | undefined): void {
    if (s?.collection === this.hovered?.collection && s?.id === this.hovered?.id) return;
    this.mark(this.hovered, 'hover', false);
    this.hovered = s;
    this.mark(s, 'hover', true);
    this.map.getCanvas().style.cursor = s ? 'pointer' : '';
  }

  private mark(s: Selection | undefined, state: 'selected' | 'hover', on: boolean): void {
    if (!s || !this.ready || !this.map.getSource(s.collection)) return;
    this.map.setFeatureState({source: s.collection, sourceLayer: s.collection, id: s.id}, {[state]: on});
  }
}

function selectionOf(f: MapGeoJSONFeature | undefined): Selection | undefined {
  if (!f || f.id === undefined) return undefined;
  return {collection: f.source, id: String(f.properties['id'] ?? f.id)};
}

/** drawsInSoftware says whether there is no graphics card, as on remote desktops; smooth edges cost too much there. */
function drawsInSoftware(): boolean {
  const gl = document.createElement('canvas').getContext('webgl2');
  if (!gl) return false; // MapLibre says what is missing
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const name = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(name);
}
