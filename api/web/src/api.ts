// What the map asks the server, and what it understands of the answers.

import {toParam} from './time';
import type {Moment} from './time';

/** Addresses are under the page's, which a reverse proxy may show under a path. */
export const base = (): string => new URL('.', document.baseURI).href;

/** An error that the server explained (RFC 9457), or that kept it from answering. */
export class Problem extends Error {
  constructor(
    message: string,
    /** HTTP status, 0 when there was no answer. */
    readonly status: number,
    /** Stable code of the server, such as feature-not-found. */
    readonly code = '',
    readonly hint = '',
  ) {
    super(message);
    this.name = 'Problem';
  }
}

const PATIENCE = 30_000; // milliseconds; the server's own limit for a request

/** getJSON answers the document at a path under base, or throws a Problem. */
export async function getJSON(path: string, signal?: AbortSignal): Promise<unknown> {
  const limit = AbortSignal.timeout(PATIENCE);
  let response: Response;
  try {
    response = await fetch(base() + path, {
      headers: {Accept: 'application/geo+json, application/json'},
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new Problem(limit.aborted ? 'timeout' : 'offline', 0, limit.aborted ? 'timeout' : 'offline');
  }
  if (!response.ok) throw await problemOf(response);
  try {
    return await response.json();
  } catch {
    throw new Problem(`${path}: not JSON`, response.status, 'not-json');
  }
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    const doc: unknown = await response.json();
    if (isObject(doc)) {
      const text = textOf(doc['detail']) || textOf(doc['title']);
      if (text) return new Problem(text, response.status, textOf(doc['code']), textOf(doc['hint']));
    }
  } catch {
    // No problem document: a proxy answered. The status says what is known.
  }
  return new Problem(`${response.status} ${response.statusText}`.trim(), response.status);
}

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v);
const textOf = (v: unknown): string => (typeof v === 'string' ? v : '');
const numberOf = (v: unknown): number => (typeof v === 'number' && Number.isFinite(v) ? v : 0);

/** West, south, east, north. */
export type Bounds = [number, number, number, number];

/** A collection that can be shown. */
export interface Collection {
  id: string;
  title: string;
  attribution: string;
  count: number;
  revision: number;
  bounds?: Bounds;
  /** Milliseconds, null for an open side. */
  time: [number | null, number | null];
}

/** What its TileJSON says of a collection. */
export interface Tiles {
  minzoom: number;
  maxzoom: number;
  bounds?: Bounds;
  /** Names of the properties of its features. */
  fields: string[];
  /** Zoom levels at which small features are merged. */
  thinned: Thinned[];
}

/** How much of a collection a zoom level shows. */
export interface Thinned {
  zoom: number;
  kept: number;
  of: number;
}

/** A feature as the server answers it. */
export interface Feature {
  id: string;
  properties: Record<string, unknown>;
  bounds?: Bounds;
}

function boundsOf(v: unknown): Bounds | undefined {
  if (!Array.isArray(v) || !v.every((n) => typeof n === 'number' && Number.isFinite(n))) return undefined;
  if (v.length === 4) return v as Bounds;
  if (v.length === 6) return [v[0], v[1], v[3], v[4]] as Bounds;
  return undefined;
}

const millis = (v: unknown): number | null => {
  const ms = typeof v === 'string' && v !== '..' ? Date.parse(v) : NaN;
  return Number.isNaN(ms) ? null : ms;
};

/** collectionsOf reads /collections. A local collection has no place on Earth and is left out. */
export function collectionsOf(doc: unknown): Collection[] {
  if (!isObject(doc) || !Array.isArray(doc['collections'])) throw new Problem('collections: not a list', 200, 'not-json');
  const out: Collection[] = [];
  for (const c of doc['collections'] as unknown[]) {
    if (!isObject(c) || !textOf(c['id']) || c['local'] === true) continue;
    const extent = isObject(c['extent']) ? c['extent'] : {};
    const spatial = isObject(extent['spatial']) ? extent['spatial']['bbox'] : undefined;
    const temporal = isObject(extent['temporal']) ? extent['temporal']['interval'] : undefined;
    const interval: unknown[] = Array.isArray(temporal) && Array.isArray(temporal[0]) ? temporal[0] : [];
    out.push({
      id: textOf(c['id']),
      title: textOf(c['title']) || textOf(c['id']),
      attribution: textOf(c['attribution']),
      count: numberOf(c['itemCount']),
      revision: numberOf(c['revision']),
      bounds: boundsOf(Array.isArray(spatial) ? spatial[0] : undefined),
      time: [millis(interval[0]), millis(interval[1])],
    });
  }
  return out;
}

/** tilesOf reads the TileJSON of one collection. */
export function tilesOf(doc: unknown): Tiles {
  if (!isObject(doc)) throw new Problem('TileJSON: not an object', 200, 'not-json');
  const fields = new Set<string>();
  const thinned: Thinned[] = [];
  for (const layer of Array.isArray(doc['vector_layers']) ? (doc['vector_layers'] as unknown[]) : []) {
    if (isObject(layer) && isObject(layer['fields'])) Object.keys(layer['fields']).forEach((name) => fields.add(name));
    for (const t of isObject(layer) && Array.isArray(layer['thinned']) ? (layer['thinned'] as unknown[]) : []) {
      if (isObject(t)) thinned.push({zoom: numberOf(t['zoom']), kept: numberOf(t['kept']), of: numberOf(t['of'])});
    }
  }
  const maxzoom = doc['maxzoom'] === undefined ? 16 : numberOf(doc['maxzoom']);
  return {minzoom: numberOf(doc['minzoom']), maxzoom, bounds: boundsOf(doc['bounds']), fields: [...fields], thinned};
}

/** collections answers what there is to show. */
export async function collections(signal?: AbortSignal): Promise<Collection[]> {
  return collectionsOf(await getJSON('collections?f=json', signal));
}

/** tiles answers how the tiles of a collection are made. */
export async function tiles(collection: string, signal?: AbortSignal): Promise<Tiles> {
  return tilesOf(await getJSON(`tiles/${encodeURIComponent(collection)}.json`, signal));
}

/** tileURL is the address of the tiles of a collection at a moment, with {z}, {x}, {y}. */
export function tileURL(collection: string, at: Moment): string {
  return `${base()}tiles/${encodeURIComponent(collection)}/{z}/{x}/{y}.mvt${at === null ? '' : `?datetime=${toParam(at)}`}`;
}

/** featurePath is the path of a feature under base; its version at a moment, or as of now. */
export function featurePath(collection: string, id: string, at: Moment): string {
  const path = `collections/${encodeURIComponent(collection)}/items/${encodeURIComponent(id)}`;
  return at === null ? path : `${path}?datetime=${toParam(at)}`;
}

/** feature answers the version of a feature at a moment. */
export async function feature(collection: string, id: string, at: Moment, signal?: AbortSignal): Promise<Feature> {
  const doc = await getJSON(featurePath(collection, id, at), signal);
  if (!isObject(doc)) throw new Problem('feature: not an object', 200, 'not-json');
  return {id: String(doc['id'] ?? id), properties: isObject(doc['properties']) ? doc['properties'] : {}, bounds: reachOf(doc['geometry'])};
}

/** reachOf is the box around a GeoJSON geometry, undefined where there is none. */
export function reachOf(geometry: unknown): Bounds | undefined {
  const box: Bounds = [Infinity, Infinity, -Infinity, -Infinity];
  const walk = (v: unknown): void => {
    if (!Array.isArray(v)) return;
    const [x, y] = v as unknown[];
    if (typeof x !== 'number' || typeof y !== 'number') return v.forEach(walk);
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  };
  if (!isObject(geometry)) return undefined;
  if (Array.isArray(geometry['geometries'])) {
    const all = (geometry['geometries'] as unknown[]).map(reachOf).filter((b): b is Bounds => b !== undefined);
    return all.length > 0 ? all.reduce(union) : undefined;
  }
  walk(geometry['coordinates']);
  return box[0] <= box[2] ? box : undefined;
}

/**
 * startBounds is what to show first: everything, unless most of it would be empty, as with two
 * cities in one store; then where most features are.
 */
export function startBounds(list: readonly Collection[]): Bounds | undefined {
  const placed = list.filter((c): c is Collection & {bounds: Bounds} => c.bounds !== undefined && c.count > 0);
  const largest = placed.reduce<(Collection & {bounds: Bounds}) | undefined>((a, b) => (a && a.count >= b.count ? a : b), undefined);
  if (!largest) return undefined;
  const area = (b: Bounds) => Math.max(b[2] - b[0], 1e-4) * Math.max(b[3] - b[1], 1e-4);
  const most = area(largest.bounds) * 4;
  return placed.reduce((all, c) => {
    const both = union(all, c.bounds);
    return area(both) <= most ? both : all;
  }, largest.bounds);
}

function union(a: Bounds, b: Bounds): Bounds {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}
