import type {LayerSpecification} from 'maplibre-gl';
import {expect, test} from 'vitest';

import {reconcile} from './reconcile';

/** A map that keeps its layers and what was done to it. */
class Fake {
  layers: LayerSpecification[] = [];
  done: string[] = [];
  private place(spec: LayerSpecification, before?: string): void {
    const i = before === undefined ? this.layers.length : this.layers.findIndex((l) => l.id === before);
    if (i < 0) throw new Error(`no layer ${before}`);
    this.layers.splice(i, 0, spec);
  }
  private take(id: string): LayerSpecification {
    const i = this.layers.findIndex((l) => l.id === id);
    if (i < 0) throw new Error(`no layer ${id}`);
    return this.layers.splice(i, 1)[0] as LayerSpecification;
  }
  private put(id: string, change: object): void {
    const i = this.layers.findIndex((l) => l.id === id);
    this.layers[i] = {...this.layers[i], ...change} as LayerSpecification;
  }
  private nested(id: string, part: 'paint' | 'layout', name: string, value: unknown): void {
    const all = {...(this.layers.find((l) => l.id === id)?.[part] as Record<string, unknown>), [name]: value};
    if (value === undefined) delete all[name];
    this.done.push(`${part} ${id} ${name}`);
    this.put(id, {[part]: all});
  }
  addLayer(spec: LayerSpecification, before?: string): void {
    this.done.push(`add ${spec.id}`);
    this.place(spec, before);
  }
  removeLayer(id: string): void {
    this.done.push(`remove ${id}`);
    this.take(id);
  }
  moveLayer(id: string, before?: string): void {
    this.done.push(`move ${id}`);
    this.place(this.take(id), before);
  }
  setPaintProperty(id: string, name: string, value: unknown): void {
    this.nested(id, 'paint', name, value);
  }
  setLayoutProperty(id: string, name: string, value: unknown): void {
    this.nested(id, 'layout', name, value);
  }
  setFilter(id: string, filter?: unknown): void {
    this.done.push(`filter ${id}`);
    this.put(id, {filter});
  }
  setLayerZoomRange(id: string, minzoom: number, maxzoom: number): void {
    this.done.push(`zoom ${id}`);
    this.put(id, {minzoom, maxzoom});
  }
}

const fill = (id: string, paint: object = {}, more: object = {}): LayerSpecification =>
  ({id, type: 'fill', source: 's', 'source-layer': 's', layout: {visibility: 'visible'}, paint, ...more}) as LayerSpecification;

function run(before: LayerSpecification[], after: LayerSpecification[]): Fake {
  const map = new Fake();
  map.layers = [...before];
  reconcile(map, before, after);
  expect(map.layers).toEqual(after);
  return map;
}

test('nothing is done where nothing changed', () => {
  expect(run([fill('a', {'fill-opacity': 1})], [fill('a', {'fill-opacity': 1})]).done).toEqual([]);
});
test('an opacity is one property', () => {
  expect(run([fill('a', {'fill-opacity': 1}), fill('b')], [fill('a', {'fill-opacity': 0.5}), fill('b')]).done).toEqual(['paint a fill-opacity']);
});
test('a property that is gone is unset', () => {
  expect(run([fill('a', {'fill-opacity': 1})], [fill('a')]).done).toEqual(['paint a fill-opacity']);
});
test('new layers come in their place', () => {
  expect(run([fill('b'), fill('d')], [fill('a'), fill('b'), fill('c'), fill('d'), fill('e')]).done).toEqual(['add e', 'add c', 'add a']);
});
test('layers that are gone are removed', () => expect(run([fill('a'), fill('b')], [fill('b')]).done).toEqual(['remove a']));
test('the order follows', () => run([fill('a'), fill('b'), fill('c')], [fill('c'), fill('a'), fill('b')]));
test('a layer of another type is another layer', () => {
  expect(run([fill('a')], [{...fill('a'), type: 'line'} as LayerSpecification]).done).toEqual(['remove a', 'add a']);
});
test('filters and zoom levels follow', () => {
  const map = run([fill('a', {}, {minzoom: 1, maxzoom: 9, filter: ['has', 'x']})], [fill('a', {}, {minzoom: 2, maxzoom: 9, filter: ['has', 'y']})]);
  expect(map.done).toEqual(['zoom a', 'filter a']);
});
