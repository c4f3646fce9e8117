// The state of the map stands in the fragment of its address, so that a link restores it:
// #map=zoom/lat/lon[/bearing/pitch]&t=…&layers=…&sel=…&ug=1&lang=zh

import {formatMoment, parseMoment} from './time';
import type {Moment} from './time';

/** Where the map looks from; degrees. */
export interface View {
  zoom: number;
  lat: number;
  lon: number;
  bearing: number;
  pitch: number;
}

/** One feature of a collection. */
export interface Selection {
  collection: string;
  id: string;
}

/** Everything that a link restores. What is undefined was not said. */
export interface Link {
  view?: View;
  moment?: Moment;
  /** Opacity by the names of the collections shown, 0 < opacity ≤ 1. */
  layers?: Map<string, number>;
  selection?: Selection;
  underground?: boolean;
  lang?: string;
}

const finite = (s: string | undefined) => (s === undefined || s.trim() === '' ? NaN : Number(s));

function parseView(text: string): View | undefined {
  const [zoom, lat, lon, bearing, pitch] = text.split('/').map(finite);
  if (zoom === undefined || lat === undefined || lon === undefined) return undefined;
  const view = {zoom, lat, lon, bearing: bearing ?? 0, pitch: pitch ?? 0};
  if (!Object.values(view).every(Number.isFinite)) return undefined;
  if (zoom < 0 || zoom > 24 || Math.abs(lat) > 90 || Math.abs(lon) > 180 || view.pitch < 0 || view.pitch > 85) return undefined;
  return view;
}

const decode = (s: string): string => {
  try {
    return decodeURIComponent(s);
  } catch {
    return s; // a lone % that somebody typed
  }
};

function parseLayers(text: string): Map<string, number> {
  const out = new Map<string, number>();
  for (const part of text.split(',')) {
    const [name, opacity] = part.split(':');
    const value = opacity === undefined ? 1 : finite(opacity);
    if (name) out.set(decode(name), value > 0 && value <= 1 ? value : 1);
  }
  return out;
}

function parseSelection(text: string): Selection | undefined {
  const slash = text.indexOf('/');
  if (slash <= 0 || slash === text.length - 1) return undefined;
  return {collection: decode(text.slice(0, slash)), id: decode(text.slice(slash + 1))};
}

/** parseHash reads a fragment; what cannot be understood is left out. */
export function parseHash(hash: string): Link {
  const link: Link = {};
  for (const part of hash.replace(/^#/, '').split('&')) {
    const eq = part.indexOf('=');
    if (eq < 0) continue;
    const [key, value] = [part.slice(0, eq), part.slice(eq + 1)];
    if (key === 'map') link.view = parseView(decode(value));
    if (key === 't') link.moment = parseMoment(decode(value));
    if (key === 'layers') link.layers = parseLayers(value);
    if (key === 'sel') link.selection = parseSelection(value);
    if (key === 'ug') link.underground = value === '1';
    if (key === 'lang') link.lang = value;
  }
  return link;
}

const short = (n: number, digits: number) => String(Number(n.toFixed(digits)));

const encode = encodeURIComponent;

/** formatHash writes a fragment that parseHash reads back; digits are as many as can be seen. */
export function formatHash(link: Link): string {
  const parts: string[] = [];
  if (link.view) {
    const v = link.view;
    const tilt = v.bearing !== 0 || v.pitch !== 0 ? `/${short(v.bearing, 1)}/${short(v.pitch, 0)}` : '';
    parts.push(`map=${short(v.zoom, 2)}/${short(v.lat, 6)}/${short(v.lon, 6)}${tilt}`);
  }
  if (typeof link.moment === 'number') parts.push(`t=${formatMoment(link.moment).replace(' ', 'T')}`);
  if (link.layers) {
    const list = [...link.layers].map(([name, opacity]) => encode(name) + (opacity < 1 ? `:${short(opacity, 2)}` : ''));
    parts.push(`layers=${list.join(',')}`);
  }
  if (link.selection) parts.push(`sel=${encode(link.selection.collection)}/${encode(link.selection.id)}`);
  if (link.underground) parts.push('ug=1');
  if (link.lang) parts.push(`lang=${link.lang}`);
  return `#${parts.join('&')}`;
}
