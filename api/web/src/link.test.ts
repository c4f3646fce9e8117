import {expect, test} from 'vitest';

import {linkOf, withLayers} from './link';
import type {Entry} from './state';

const entry = (id: string, visible: boolean, opacity: number): Entry => ({visible, opacity, open: false, legend: [],
  collection: {id, title: id, attribution: '', count: 1, revision: 1, time: [null, null]}});
const state = (entries: Entry[]) => ({entries, view: {zoom: 1, lat: 2, lon: 3, bearing: 0, pitch: 0}, moment: null, underground: false, lang: 'zh' as const});

test('layers are said only when one is hidden or faded', () => {
  expect(linkOf(state([entry('a', true, 1), entry('b', true, 1)]), false).layers).toBeUndefined();
  expect([...(linkOf(state([entry('a', true, 0.5), entry('b', false, 1)]), false).layers ?? [])]).toEqual([['a', 0.5]]);
});

test('a link shows what it names, hides the rest, and shows all when it names none', () => {
  const before = [entry('a', false, 1), entry('b', true, 0.3)];
  expect(withLayers(before, {layers: new Map([['a', 0.7]])})).toEqual([entry('a', true, 0.7), entry('b', false, 0.3)]);
  expect(withLayers(before, {})).toEqual([entry('a', true, 1), entry('b', true, 1)]);
});
