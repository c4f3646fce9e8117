// Brings the layers of a map from one list to the next by the smallest change, so that tiles are
// not parsed again where a colour or an opacity would do.

import type {FilterSpecification, LayerSpecification} from 'maplibre-gl';

/** The part of a MapLibre map that is used. */
export interface Target {
  addLayer(spec: LayerSpecification, before?: string): unknown;
  removeLayer(id: string): unknown;
  moveLayer(id: string, before?: string): unknown;
  setPaintProperty(id: string, name: string, value: unknown): unknown;
  setLayoutProperty(id: string, name: string, value: unknown): unknown;
  setFilter(id: string, filter?: FilterSpecification | null): unknown;
  setLayerZoomRange(id: string, min: number, max: number): unknown;
}

/** reconcile changes the layers `before`, in the order of drawing, to `after`. */
export function reconcile(map: Target, before: readonly LayerSpecification[], after: readonly LayerSpecification[]): void {
  const wanted = new Map(after.map((l) => [l.id, l]));
  const kept: LayerSpecification[] = [];
  for (const old of before) {
    const next = wanted.get(old.id);
    if (next && next.type === old.type && sourceOf(next) === sourceOf(old)) kept.push(old);
    else map.removeLayer(old.id);
  }
  const standing = new Map(kept.map((l) => [l.id, l]));
  const order = after.filter((l) => standing.has(l.id)).map((l) => l.id);
  const moved = order.some((id, i) => kept[i]?.id !== id);
  for (let i = after.length - 1; i >= 0; i--) {
    const next = after[i] as LayerSpecification;
    const above = after[i + 1]?.id;
    const old = standing.get(next.id);
    if (!old) {
      map.addLayer(next, above);
      continue;
    }
    if (moved) map.moveLayer(next.id, above);
    change(map, old, next);
  }
}

const sourceOf = (l: LayerSpecification): unknown => ('source' in l ? l.source : undefined);
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function change(map: Target, old: LayerSpecification, next: LayerSpecification): void {
  if (old.minzoom !== next.minzoom || old.maxzoom !== next.maxzoom) map.setLayerZoomRange(next.id, next.minzoom ?? 0, next.maxzoom ?? 24);
  const filterOf = (l: LayerSpecification) => ('filter' in l ? l.filter : undefined);
  if (!same(filterOf(old), filterOf(next))) map.setFilter(next.id, filterOf(next));
  each(old.layout, next.layout, (name, value) => map.setLayoutProperty(next.id, name, value));
  each(old.paint, next.paint, (name, value) => map.setPaintProperty(next.id, name, value));
}

function each(old: object | undefined, next: object | undefined, set: (name: string, value: unknown) => void): void {
  const [a, b] = [(old ?? {}) as Record<string, unknown>, (next ?? {}) as Record<string, unknown>];
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) if (!same(a[name], b[name])) set(name, b[name]);
}
