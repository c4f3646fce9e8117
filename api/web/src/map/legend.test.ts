import {expect, test} from 'vitest';

import {kindOf} from './kinds';
import {legendOf} from './legend';

test('the kinds in view, counted, the most frequent first', () => {
  const rows = legendOf({
    Polygon: [{use: 'office', height: 9}, {use: 'office', height: 9}, {use: 'office', height: 9}, {height: 9}, {class: 'park'}, {class: 'park'},
      {class: 'station', z_max: -4, color: '#1f8a3b'}, {class: 'IfcSlab', z_min: 1, z_max: 2}],
    LineString: [{class: 'primary'}, {class: 'water', underground: true}],
    Point: [{class: 'tree'}],
  }, ['class', 'use', 'height'], 0, false);
  expect(rows.map((r) => [r.kind?.id, r.shape, r.count, r.colour])).toEqual([
    ['office', 'solid', 3, kindOf('building', 'office')?.light],
    ['park', 'area', 2, kindOf('ground', 'park')?.light],
    [undefined, 'solid', 1, '#d9cfbe'],
    ['metro', 'buried', 1, '#1f8a3b'],
    ['slab', 'solid', 1, kindOf('element', 'ifcslab')?.light],
    ['primary', 'line', 1, kindOf('line', 'primary')?.light],
    ['supply', 'buried', 1, kindOf('buried', 'water')?.light],
    ['tree', 'point', 1, kindOf('point', 'tree')?.light],
  ]);
});

test('a colour out of data is used only when it is one', () => {
  const rows = legendOf({Polygon: [], LineString: [], Point: [{color: 'red;background:url(x)'}]}, ['color'], 0, false);
  expect(rows[0]?.colour).toMatch(/^#[0-9a-f]{6}$/);
});
