import {describe, expect, test} from 'vitest';

import {collectionsOf, reachOf, startBounds, tilesOf} from './api';
import type {Collection} from './api';

test('collections are read with their place and time, local ones left out', () => {
  const doc = {collections: [
    {id: 'buildings', title: 'Buildings', attribution: 'us', itemCount: 7, revision: 3,
      extent: {spatial: {bbox: [[113, 22, -5, 114, 23, 300]]}, temporal: {interval: [['1980-01-01T00:00:00Z', null]]}}},
    {id: 'bare'},
    {id: 'inside', local: true},
    {title: 'no id'}, 'no object',
  ]};
  expect(collectionsOf(doc)).toEqual([
    {id: 'buildings', title: 'Buildings', attribution: 'us', count: 7, revision: 3, bounds: [113, 22, 114, 23], time: [Date.UTC(1980, 0, 1), null]},
    {id: 'bare', title: 'bare', attribution: '', count: 0, revision: 0, bounds: undefined, time: [null, null]},
  ]);
});

test.each([[null], [[]], [{}], [{collections: 'x'}]])('%j is no list of collections', (doc) => expect(() => collectionsOf(doc)).toThrow());

test('TileJSON gives zoom levels, fields of all layers, and what is left out', () => {
  expect(tilesOf({minzoom: 2, maxzoom: 18, bounds: [1, 2, 3, 4], vector_layers: [
    {id: 'a', fields: {name: 'String', z_max: 'Number'}, thinned: [{zoom: 9, kept: 10, of: 20}]}, {id: 'b', fields: {use: 'String'}}, null]}))
    .toEqual({minzoom: 2, maxzoom: 18, bounds: [1, 2, 3, 4], fields: ['name', 'z_max', 'use'], thinned: [{zoom: 9, kept: 10, of: 20}]});
  expect(tilesOf({})).toEqual({minzoom: 0, maxzoom: 16, bounds: undefined, fields: [], thinned: []});
});

describe('where to look first', () => {
  const at = (id: string, count: number, bounds?: [number, number, number, number]): Collection =>
    ({id, title: id, attribution: '', count, revision: 1, bounds, time: [null, null]});
  test('everything, when it lies together', () => {
    expect(startBounds([at('a', 10, [0, 0, 1, 1]), at('b', 5, [0.5, 0, 1.5, 1])])).toEqual([0, 0, 1.5, 1]);
  });
  test('where most features are, when there are two cities', () => {
    expect(startBounds([at('shenzhen', 10, [113, 22, 114, 23]), at('tokyo', 900, [139, 35, 140, 36])])).toEqual([139, 35, 140, 36]);
  });
  test('nowhere, when nothing has a place', () => expect(startBounds([at('a', 10), at('b', 0, [0, 0, 1, 1])])).toBeUndefined());
});

test('the reach of a geometry', () => {
  expect(reachOf({type: 'Polygon', coordinates: [[[1, 2, 9], [3, 2, 9], [3, 5, 9], [1, 2, 9]]]})).toEqual([1, 2, 3, 5]);
  expect(reachOf({type: 'Point', coordinates: [1, 2]})).toEqual([1, 2, 1, 2]);
  expect(reachOf({type: 'GeometryCollection', geometries: [{type: 'Point', coordinates: [1, 2]}, {type: 'Point', coordinates: [0, 7]}]})).toEqual([0, 2, 1, 7]);
  expect(reachOf(null)).toBeUndefined();
  expect(reachOf({type: 'Point', coordinates: []})).toBeUndefined();
});
