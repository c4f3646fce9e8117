import {expect, test} from 'vitest';

import {groupsOf} from './properties';

test('properties are grouped: identity, time, height, the rest, and sets by their prefix', () => {
  const groups = groupsOf('1abc', {
    'valid_from': '2009-10-10T16:00:00Z', 'z_max': 91, 'Pset_WallCommon.FireRating': 'REI 60', 'owner': 'me', 'name': 'Tower', 'z_min': 0,
    'year_built': 2009, 'class': 'IfcWall', 'Pset_WallCommon.IsExternal': true, 'addr:street': 'Binwan', 'floors': 26, 'gone': null,
    'BaseQuantities': {Length: 4.2, Deep: {er: 1}}, 'id': 'ignored', 'tags': ['a', 'b'],
  });
  expect(groups).toEqual([
    {id: 'identity', name: '', entries: [{key: 'id', value: '1abc'}, {key: 'name', value: 'Tower'}, {key: 'class', value: 'IfcWall'}]},
    {id: 'time', name: '', entries: [{key: 'valid_from', value: '2009-10-10T16:00:00Z'}, {key: 'year_built', value: 2009}]},
    {id: 'height', name: '', entries: [{key: 'z_min', value: 0}, {key: 'z_max', value: 91}, {key: 'floors', value: 26}]},
    {id: 'attributes', name: '', entries: [{key: 'owner', value: 'me'}, {key: 'tags', value: '["a","b"]'}]},
    {id: 'set', name: 'BaseQuantities', entries: [{key: 'Length', value: 4.2}, {key: 'Deep.er', value: 1}]},
    {id: 'set', name: 'Pset_WallCommon', entries: [{key: 'FireRating', value: 'REI 60'}, {key: 'IsExternal', value: true}]},
    {id: 'set', name: 'addr', entries: [{key: 'street', value: 'Binwan'}]},
  ]);
});

test('a feature with very many or very deep properties stays a page', () => {
  const wide = Object.fromEntries(Array.from({length: 10_000}, (_, i) => [`k${i}`, i]));
  expect(groupsOf('x', wide).flatMap((g) => g.entries).length).toBeLessThanOrEqual(2001);
  let deep: unknown = 1;
  for (let i = 0; i < 1000; i++) deep = {d: deep};
  expect(groupsOf('x', {deep}).flatMap((g) => g.entries)).toHaveLength(2);
});

test('names that objects inherit are names like any other', () => {
  expect(groupsOf('x', JSON.parse('{"__proto__":"a","constructor":"b"}') as Record<string, unknown>)[1]?.entries)
    .toEqual([{key: '__proto__', value: 'a'}, {key: 'constructor', value: 'b'}]);
});
