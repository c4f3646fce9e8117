// The legend of a layer: the kinds that are in view, in the colours that the style gives them.

import {accent, keysOf, kindOf} from './kinds';
import type {Kind, Role} from './kinds';
import {paletteOf} from './palette';
import {heightIn} from './style';

/** The shape of a feature, as a style calls it. */
export type Shape = 'Point' | 'LineString' | 'Polygon';

/** The properties of a feature in a tile. */
export type Sample = Readonly<Record<string, unknown>>;

/** One line of a legend. */
export interface Row {
  /** Kind, or undefined for what is of none. */
  kind?: Kind;
  shape: 'solid' | 'area' | 'line' | 'buried' | 'point';
  colour: string;
  count: number;
}

const SHAPES: Readonly<Record<Role, Row['shape']>> = {
  building: 'solid', element: 'solid', ground: 'area', line: 'line', buried: 'buried', point: 'point',
};

const isBuried = (p: Sample): boolean => p['underground'] === true || (typeof p['z_max'] === 'number' && p['z_max'] < 0);

/** roleOf says in which table a feature is looked up; the style decides by the same rules. */
export function roleOf(shape: Shape, p: Sample): Role {
  if (shape === 'Point') return 'point';
  if (isBuried(p)) return 'buried';
  if (shape === 'LineString') return 'line';
  if (heightIn(p) <= 0) return 'ground';
  return String(p['class'] ?? '').startsWith('Ifc') ? 'element' : 'building';
}

/** legendOf counts the kinds among samples, the most frequent first. */
export function legendOf(
  samples: Readonly<Record<Shape, readonly Sample[]>>, fields: readonly string[], order: number, dark: boolean,
): Row[] {
  const keys = keysOf(fields);
  const rows = new Map<string, Row>();
  for (const shape of ['Polygon', 'LineString', 'Point'] as const) {
    for (const p of samples[shape]) {
      const role = roleOf(shape, p);
      const word = keys.map((k) => p[k]).find((v) => v !== undefined && v !== null);
      const kind = kindOf(role, word);
      const key = `${role}/${kind?.id ?? ''}`;
      const row = rows.get(key);
      if (row) row.count++;
      else rows.set(key, {kind, shape: SHAPES[role], colour: colourOf(role, kind, order, dark, p), count: 1});
    }
  }
  return [...rows.values()].sort((a, b) => b.count - a.count);
}

function colourOf(role: Role, kind: Kind | undefined, order: number, dark: boolean, p: Sample): string {
  const own = p['color'] ?? p['colour'];
  if ((role === 'buried' || role === 'point') && typeof own === 'string' && /^#[0-9a-f]{6}$/i.test(own)) return own;
  if (kind) return dark ? kind.dark : kind.light;
  if (role === 'building' || role === 'element') return paletteOf(dark).heights[1]?.[1] ?? '';
  return accent(order, dark);
}
