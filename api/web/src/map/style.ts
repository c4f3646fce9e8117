// The style of a collection: what MapLibre layers show its features, whatever they are. Polygons
// with a height become solids, others areas; lines, points and what lies below ground have their
// own layers; the kind of each feature decides its colour. Everything here is a value.

import type {
  CircleLayerSpecification, ExpressionSpecification, FillExtrusionLayerSpecification, FillLayerSpecification,
  FilterSpecification, LineLayerSpecification, StyleSpecification, SymbolLayerSpecification,
} from 'maplibre-gl';

import type {Lang} from '../i18n';
import {accent, keysOf, kinds} from './kinds';
import type {Role} from './kinds';
import {paletteOf} from './palette';
import type {Palette} from './palette';

/** A collection to be drawn. */
export interface Subject {
  id: string;
  fields: readonly string[];
  /** Its place in the list; colours what is of no known kind. */
  order: number;
  visible: boolean;
  opacity: number;
  /** Latitude of its middle, for widths in metres. */
  lat: number;
}

/** How the whole map looks. */
export interface Look {
  dark: boolean;
  lang: Lang;
  /** The surface is faded and what lies below stands out. */
  underground: boolean;
  /** Seen straight from above: footprints with edges instead of solids. */
  plan: boolean;
}

type Spec =
  | FillLayerSpecification | LineLayerSpecification | FillExtrusionLayerSpecification
  | CircleLayerSpecification | SymbolLayerSpecification;

/** A layer with its height in the pile; a lower rank is drawn first. */
export interface Ranked {
  rank: number;
  spec: Spec;
}

type Expr = ExpressionSpecification;
// The types of expressions do not follow nested arrays; the tests check every style with the
// validator of the style specification instead.
const expr = (e: unknown): Expr => e as Expr;
const filter = (...all: unknown[]): FilterSpecification => ['all', ...all] as unknown as FilterSpecification;

/** From here on buildings are solids; farther out they would be hairs. */
const SOLID_ZOOM = 12.5;
const METRES_PER_FLOOR = 3.2;
const HEIGHTS = ['height', 'height_m', 'measured_height', 'measuredHeight', 'building:height', 'render_height'];
const FLOORS = ['floors', 'levels', 'storeys', 'building:levels'];

const get = (name: string): Expr => ['get', name];
const num = (e: unknown): Expr => expr(['to-number', e, 0]);
const isArea = expr(['==', ['geometry-type'], 'Polygon']);
const isLine = expr(['==', ['geometry-type'], 'LineString']);
const isPoint = expr(['==', ['geometry-type'], 'Point']);
const not = (e: unknown): Expr => expr(['!', e]);

const BURIED = expr(['any', ['==', get('underground'), true], ['all', ['has', 'z_max'], ['<', num(get('z_max')), 0]]]);
const IS_ELEMENT = expr(['==', ['slice', ['to-string', ['coalesce', get('class'), '']], 0, 3], 'Ifc']);

// The air in a room is no solid; seen from above it is the room's floor.
const IS_SPACE = expr(['in', ['coalesce', get('class'), ''], ['literal', ['IfcSpace', 'IfcSpatialZone', 'IfcZone', 'IfcOpeningElement']]]);

/** heightOf is how high a feature is, in metres: its own z range, else what it says. */
export function heightOf(fields: readonly string[]): Expr {
  const said = HEIGHTS.filter((f) => fields.includes(f)).map(get);
  const floors = FLOORS.filter((f) => fields.includes(f)).map(get);
  const cases: unknown[] = ['case'];
  if (fields.includes('z_min') && fields.includes('z_max')) {
    cases.push(['all', ['has', 'z_min'], ['has', 'z_max'], ['>', num(get('z_max')), num(get('z_min'))]],
      ['-', num(get('z_max')), num(get('z_min'))]);
  }
  if (said.length > 0) cases.push(['>', num(['coalesce', ...said, 0]), 0], num(['coalesce', ...said, 0]));
  if (floors.length > 0) cases.push(['>', num(['coalesce', ...floors, 0]), 0], ['*', METRES_PER_FLOOR, num(['coalesce', ...floors, 0])]);
  return expr(cases.length === 1 ? ['literal', 0] : [...cases, 0]);
}

/** heightIn answers for the properties of one feature what heightOf answers in a style. */
export function heightIn(p: Readonly<Record<string, unknown>>): number {
  const first = (names: readonly string[]) => Number(names.map((n) => p[n]).find((v) => v !== undefined && v !== null) ?? 0) || 0;
  const range = Number(p['z_max'] ?? 0) - Number(p['z_min'] ?? 0);
  if (p['z_min'] !== undefined && p['z_max'] !== undefined && range > 0) return range;
  return Math.max(0, first(HEIGHTS) || first(FLOORS) * METRES_PER_FLOOR);
}

/** hasHeights says whether any feature of the collection can be a solid. */
export function hasHeights(fields: readonly string[]): boolean {
  return [...HEIGHTS, ...FLOORS].some((f) => fields.includes(f)) || (fields.includes('z_min') && fields.includes('z_max'));
}

function wordOf(fields: readonly string[]): Expr {
  return expr(['downcase', ['to-string', ['coalesce', ...keysOf(fields).map(get), '']]]);
}

/** byKind picks a value by the kind of a feature. */
function byKind(role: Role, fields: readonly string[], value: (kind: (typeof kinds)[Role][number]) => unknown, otherwise: unknown): Expr {
  const cases: unknown[] = [];
  const seen = new Set<string>();
  for (const k of kinds[role]) {
    const words = k.words.filter((w) => !seen.has(w));
    words.forEach((w) => seen.add(w));
    if (words.length > 0) cases.push(words, value(k));
  }
  return expr(['match', wordOf(fields), ...cases, otherwise]);
}

function tint(role: Role, s: Subject, look: Look, otherwise: unknown = accent(s.order, look.dark)): Expr {
  return byKind(role, s.fields, (k) => (look.dark ? k.dark : k.light), otherwise);
}

/** marked lets the selected and the hovered feature stand out. */
function marked(p: Palette, colour: unknown): Expr {
  return expr(['case', ['boolean', ['feature-state', 'selected'], false], p.selected,
    ['boolean', ['feature-state', 'hover'], false], p.hover, colour]);
}

const isMarked = expr(['any', ['boolean', ['feature-state', 'selected'], false], ['boolean', ['feature-state', 'hover'], false]]);

/** metres is a width on the ground in pixels, at least `least` of them. */
function metres(width: unknown, lat: number, least: number, most = 1000): Expr {
  const at = (zoom: number) => (2 ** zoom * 512) / (40_075_016.7 * Math.max(0.05, Math.cos((lat * Math.PI) / 180)));
  const stops: unknown[] = [];
  for (const zoom of [11, 13, 15, 17, 22]) {
    const shrink = zoom < 13 ? 0.4 : zoom < 15 ? 0.7 : 1;
    stops.push(zoom, ['min', most, ['max', least * shrink, ['*', at(zoom), width]]]);
  }
  return expr(['interpolate', ['exponential', 2], ['zoom'], ...stops]);
}

/** layersOf returns the layers that show a collection. */
export function layersOf(s: Subject, look: Look): Ranked[] {
  const p = paletteOf(look.dark);
  const solids = hasHeights(s.fields);
  const buried = s.fields.includes('underground') || s.fields.includes('z_max');
  const out = [...areas(s, look, p, solids), ...lines(s, look, p), ...points(s, look, p), ...labels(s, look, p, solids)];
  if (solids) out.push(...buildings(s, look, p));
  if (buried) out.push(...below(s, look, p));
  for (const r of out) r.spec.layout = {...r.spec.layout, visibility: s.visible ? 'visible' : 'none'} as never;
  return out;
}

const common = (s: Subject, part: string) => ({id: `${s.id}/${part}`, source: s.id, 'source-layer': s.id});
const fade = (look: Look, to: number) => (look.underground ? to : 1);

function areas(s: Subject, look: Look, p: Palette, solids: boolean): Ranked[] {
  const flat = solids ? ['<=', heightOf(s.fields), 0] : true;
  const which = filter(isArea, not(BURIED), flat);
  const colour = accent(s.order, look.dark);
  const sort = s.fields.includes('level') ? {'fill-sort-key': num(get('level'))} : {};
  return [
    {rank: 10, spec: {...common(s, 'area'), type: 'fill', filter: which, layout: sort, paint: {
      'fill-color': marked(p, tint('ground', s, look, withAlpha(colour, 0.22))),
      'fill-opacity': s.opacity * fade(look, 0.4), 'fill-antialias': true}}},
    {rank: 11, spec: {...common(s, 'area-edge'), type: 'line', filter: which, minzoom: 8, paint: {
      'line-color': marked(p, byKind('ground', s.fields, () => p.edge, colour)),
      'line-width': expr(['case', isMarked, 2.5, byKind('ground', s.fields, () => 0.4, 1.1)]),
      'line-opacity': s.opacity * fade(look, 0.4) * 0.7}}},
  ];
}

function lines(s: Subject, look: Look, p: Palette): Ranked[] {
  const which = filter(isLine, not(BURIED));
  const known = byKind('line', s.fields, (k) => k.size, 0);
  const width = s.fields.includes('width') ? expr(['case', ['>', num(get('width')), 0], ['*', 0.72, num(get('width'))], known]) : known;
  const sort = byKind('line', s.fields, (k) => k.size, 0);
  const line = (part: string, paint: LineLayerSpecification['paint']): LineLayerSpecification => ({
    ...common(s, part), type: 'line', filter: which, layout: {'line-cap': 'round', 'line-join': 'round', 'line-sort-key': sort}, paint});
  return [
    {rank: 30, spec: line('line-case', {'line-color': p.roadCase, 'line-opacity': s.opacity * fade(look, 0.3),
      'line-width': metres(['+', 1.6, ['*', 1.06, width]], s.lat, 1.6)})},
    {rank: 31, spec: line('line', {'line-color': marked(p, tint('line', s, look)), 'line-opacity': s.opacity * fade(look, 0.35),
      'line-width': metres(width, s.lat, 1)})},
  ];
}

function buildings(s: Subject, look: Look, p: Palette): Ranked[] {
  const height = heightOf(s.fields);
  const which = filter(isArea, not(BURIED), ['>', height, 0]);
  const ramp = ['interpolate', ['linear'], height, ...p.heights.flat()];
  const byUse = byKind('building', s.fields, (k) => (look.dark ? k.dark : k.light), ramp);
  const colour = expr(['case', IS_ELEMENT, tint('element', s, look, ramp), byUse]);
  const flat: FillLayerSpecification = {...common(s, 'flat'), type: 'fill', filter: which, paint: {
    'fill-color': marked(p, colour), 'fill-opacity': s.opacity * fade(look, 0.25)}};
  const edge: LineLayerSpecification = {...common(s, 'flat-edge'), type: 'line', filter: which, minzoom: 14.5, paint: {
    'line-color': marked(p, p.edge), 'line-width': expr(['case', isMarked, 2.5, 0.6]), 'line-opacity': s.opacity * fade(look, 0.7)}};
  if (look.underground || look.plan) return [{rank: 50, spec: flat}, {rank: 51, spec: edge}];
  // Parts of a model stand at their own height; a footprint stands on the ground, because the
  // map has no terrain that its height above the datum could be measured against.
  const base = expr(['case', IS_ELEMENT, ['max', 0, num(get('z_min'))], 0]);
  // The colour of a solid turns a little darker with its height, which parts roofs from each other.
  const tone = expr(['interpolate', ['linear'], height, 3, mixed(colour, look.dark ? '#000000' : '#ffffff', 0.12), 200, colour]);
  return [
    {rank: 50, spec: {...flat, maxzoom: SOLID_ZOOM}},
    {rank: 60, spec: {...common(s, 'solid'), type: 'fill-extrusion', minzoom: SOLID_ZOOM, filter: filter(which, not(IS_SPACE)), paint: {
      'fill-extrusion-color': marked(p, tone), 'fill-extrusion-base': base, 'fill-extrusion-height': expr(['+', base, height]),
      'fill-extrusion-opacity': s.opacity, 'fill-extrusion-vertical-gradient': true}}},
  ];
}

/** mixed moves a colour some way to another. */
function mixed(colour: Expr, to: string, share: number): Expr {
  return expr(['interpolate', ['linear'], share, 0, colour, 1, to]);
}

function below(s: Subject, look: Look, p: Palette): Ranked[] {
  const own = ['color', 'colour'].filter((f) => s.fields.includes(f)).map(get);
  const known = tint('buried', s, look);
  const colour = marked(p, own.length > 0 ? expr(['to-color', ...own, known]) : known);
  const strong = look.underground;
  const dash = strong ? {} : {'line-dasharray': [2.4, 1.4]};
  // Pipes would hide the streets that they lie under; from afar the surface shows only the big things.
  const far = byKind('buried', s.fields, (k) => (k.size > 2 ? 0.8 : 0), 0.5);
  const opacity = strong ? s.opacity
    : expr(['interpolate', ['linear'], ['zoom'], 15.5, ['*', s.opacity, far], 17, ['*', s.opacity, ['case', isMarked, 1, 0.6]]]);
  const width = byKind('buried', s.fields, (k) => k.size, 1);
  const line = filter(isLine, BURIED);
  const area = filter(isArea, BURIED);
  const out: Ranked[] = [
    {rank: 20, spec: {...common(s, 'buried-area'), type: 'fill', filter: area, paint: {
      'fill-color': colour, 'fill-opacity': s.opacity * (strong ? 0.45 : 0.2)}}},
    {rank: 41, spec: {...common(s, 'buried-edge'), type: 'line', filter: area, paint: {
      'line-color': colour, 'line-width': strong ? 1.6 : 1.2, 'line-opacity': s.opacity * (strong ? 1 : 0.8), ...dash}}},
    {rank: 42, spec: {...common(s, 'buried-line'), type: 'line', filter: line, layout: {'line-join': 'round'}, paint: {
      'line-color': colour, 'line-opacity': opacity, 'line-width': metres(width, s.lat, strong ? 1.8 : 1.2), ...dash}}},
  ];
  return out.map((r) => ({...r, rank: strong ? r.rank + 30 : r.rank})); // above the faded surface
}

function points(s: Subject, look: Look, p: Palette): Ranked[] {
  const isTree = byKind('point', s.fields, (k) => k.id === 'tree', false);
  const known = byKind('point', s.fields, (k) => k.size, 3);
  const radius = s.fields.includes('crown') ? expr(['case', ['>', num(get('crown')), 0], ['/', num(get('crown')), 2], known]) : known;
  const own = ['color', 'colour'].filter((f) => s.fields.includes(f)).map(get);
  const colour = tint('point', s, look);
  const paint = marked(p, own.length > 0 ? expr(['to-color', ...own, colour]) : colour);
  const small = (size: number) => byKind('point', s.fields, () => 0, size); // fittings of a city are seen from near only
  return [
    {rank: 45, spec: {...common(s, 'tree'), type: 'circle', minzoom: 14.5, filter: filter(isPoint, isTree), paint: {
      'circle-color': paint, 'circle-radius': metres(radius, s.lat, 0.8), 'circle-pitch-alignment': 'map',
      'circle-opacity': s.opacity * 0.75 * fade(look, 0.25)}}},
    {rank: 80, spec: {...common(s, 'point'), type: 'circle', filter: filter(isPoint, not(isTree)), paint: {
      'circle-color': paint, 'circle-radius': expr(['interpolate', ['linear'], ['zoom'], 10, small(1.5), 13.5, small(2.5), 14.5, 3, 18, 6]),
      'circle-stroke-color': p.pointEdge, 'circle-stroke-width': expr(['interpolate', ['linear'], ['zoom'], 13.5, 0, 14.5, 1, 18, 1.6]),
      'circle-opacity': s.opacity * fade(look, 0.5), 'circle-stroke-opacity': s.opacity * fade(look, 0.5)}}},
  ];
}

function labels(s: Subject, look: Look, p: Palette, solids: boolean): Ranked[] {
  const names = (look.lang === 'en' ? ['name_en', 'name:en', 'name'] : ['name_zh', 'name:zh', 'name']).filter((n) => n === 'name' || s.fields.includes(n));
  const text = expr(['to-string', ['coalesce', ...names.map(get), '']]);
  const named = expr(['all', ['!=', text, ''], not(IS_ELEMENT)]); // each window has a name; the inspector tells it
  const halo = {'text-halo-color': p.labelHalo, 'text-halo-width': 1.3, 'text-opacity': s.opacity * fade(look, 0.75)};
  const label = (rank: number, part: string, minzoom: number, which: FilterSpecification, colour: unknown,
    layout: SymbolLayerSpecification['layout'] = {}): Ranked => ({rank, spec: {
    ...common(s, part), type: 'symbol', minzoom, filter: which,
    layout: {'text-field': text, 'text-size': SIZE, 'text-padding': 6, 'text-max-width': 9, ...layout},
    paint: {'text-color': expr(colour), ...halo}}});
  const ground = (kinds: string[], yes: unknown, no: unknown) => byKind('ground', s.fields, (k) => (kinds.includes(k.id) ? yes : no), no);
  const water = ground(['water', 'wetland'], p.labelWater, p.label);
  // Fields and building sites are many of one name, waters and parks are what people look for.
  const areaFrom = byKind('ground', s.fields, (k) => ({water: 13, wetland: 13, forest: 13, park: 13, farm: 17, construction: 17})[k.id] ?? 16, 16);
  const lineFrom = byKind('line', s.fields, (k) => (k.size >= 18 ? 13 : 15), 15);
  const station = byKind('buried', s.fields, (k) => k.id === 'metro', false);
  const flat = solids ? ['<=', heightOf(s.fields), 0] : true;
  const along: SymbolLayerSpecification['layout'] = {'symbol-placement': 'line', 'symbol-spacing': 420, 'text-max-angle': 30};
  const isTree = byKind('point', s.fields, (k) => k.id === 'tree', false);
  const from = (zoom: unknown) => ['>=', ['zoom'], zoom];
  // Names of what lies on the ground are drawn before the solids, which then hide them as they
  // hide the ground.
  const out = [
    label(55, 'name-line', 13, filter(isLine, not(BURIED), named, from(lineFrom)), p.label, along),
    label(55, 'name-area', 13, filter(isArea, not(BURIED), flat, named, from(areaFrom)), water),
    label(90, 'name-point', 17, filter(isPoint, named, not(isTree)), p.label, {'text-anchor': 'top', 'text-offset': [0, 0.7]}),
    label(90, 'name-station', 12.5, filter(isArea, BURIED, station, named), p.label, {'text-size': ['interpolate', ['linear'], ['zoom'], 12.5, 11, 18, 14]}),
  ];
  if (solids && !look.underground) out.push(label(90, 'name-solid', 16.3, filter(isArea, not(BURIED), ['>', heightOf(s.fields), 0], named), p.label, {'text-size': 11}));
  if (look.underground) out.push(label(90, 'name-buried', 16.5, filter(isLine, BURIED, named), p.label, along));
  return out;
}

const SIZE = expr(['interpolate', ['linear'], ['zoom'], 13, 11, 18, 13]); // pixels of text

function withAlpha(hex: string, alpha: number): string {
  const n = Number.parseInt(hex.slice(1), 16);
  return `rgba(${(n >> 16) & 255}, ${(n >> 8) & 255}, ${n & 255}, ${alpha})`;
}

/** baseStyle is the map without any collection: land, light and sky. No glyphs: text is drawn with local fonts. */
export function baseStyle(dark: boolean): StyleSpecification {
  const p = paletteOf(dark);
  return {
    version: 8,
    name: 'shikong',
    sources: {},
    light: lightOf(dark),
    sky: skyOf(dark),
    layers: [{id: 'land', type: 'background', paint: {'background-color': p.land}}],
  };
}

/** lightOf is the light on solids: from the north-west, as on a plan with shadows. */
export function lightOf(dark: boolean): NonNullable<StyleSpecification['light']> {
  return {anchor: 'map', color: '#ffffff', intensity: dark ? 0.25 : 0.3, position: [1.4, 215, 35]};
}

/** skyOf is what lies above the horizon of a tilted map. */
export function skyOf(dark: boolean): NonNullable<StyleSpecification['sky']> {
  const p = paletteOf(dark);
  return {'sky-color': p.sky, 'horizon-color': p.horizon, 'fog-color': p.fog, 'sky-horizon-blend': 0.6, 'horizon-fog-blend': 0.5, 'fog-ground-blend': 0.85};
}
