import {createExpression, featureFilter, isExpression, v8, validateStyleMin} from '@maplibre/maplibre-gl-style-spec';
import {describe, expect, test} from 'vitest';

import {kinds} from './kinds';
import {baseStyle, hasHeights, heightIn, heightOf, layersOf, lightOf, skyOf} from './style';
import type {Look, Subject} from './style';

const light: Look = {dark: false, lang: 'zh', underground: false, plan: false};
const subject = (fields: string[], more: Partial<Subject> = {}): Subject =>
  ({id: 'c', fields, order: 0, visible: true, opacity: 1, lat: 22.5, ...more});
const CITY = ['id', 'name', 'name_en', 'class', 'use', 'height', 'z_min', 'z_max', 'underground', 'color', 'width', 'crown', 'level', 'floors'];

describe('every style is valid', () => {
  for (const fields of [[], CITY, ['height_m'], ['building:levels', 'kind'], ['z_max']]) {
    for (const look of [light, {...light, dark: true, lang: 'en' as const}, {...light, underground: true}, {...light, plan: true}]) {
      test(`${fields.join() || 'no fields'} ${JSON.stringify(look)}`, () => {
        const layers = layersOf(subject(fields, {opacity: 0.4}), look).sort((a, b) => a.rank - b.rank).map((l) => l.spec);
        const style = {...baseStyle(look.dark), sources: {c: {type: 'vector' as const, tiles: ['http://x/{z}/{x}/{y}']}}};
        const problems = validateStyleMin({...style, light: lightOf(look.dark), sky: skyOf(look.dark), layers: [...style.layers, ...layers]} as never);
        expect(problems.map((p) => p.message)).toEqual([]);
        expect(new Set(layers.map((l) => l.id)).size).toBe(layers.length);
      });
    }
  }
});

test('no style loads anything: no glyphs, no sprite, no address', () => {
  const text = JSON.stringify([baseStyle(false), layersOf(subject(CITY), light)]);
  expect(text).not.toMatch(/https?:|"glyphs"|"sprite"/);
});

type Props = Record<string, unknown>;
const evaluate = (expression: unknown, properties: Props): unknown => {
  const e = createExpression(expression, 'height');
  if (e.result === 'error') throw new Error(JSON.stringify(e.value));
  return e.value.evaluate({zoom: 16} as never, {type: 3, properties} as never);
};

describe('the height of a feature', () => {
  const rows: [string, Props, number][] = [
    ['its own range wins', {z_min: 10, z_max: 40, height: 99}, 30],
    ['else what it says', {height: 12.5}, 12.5],
    ['a number written as text', {height: '12.5'}, 12.5],
    ['else its floors', {floors: 10}, 32],
    ['a flat range counts for nothing', {z_min: 4, z_max: 4, height: 3}, 3],
    ['one end of a range is no range', {z_max: 40}, 0],
    ['a name of it in another country', {height_m: 7}, 7],
    ['text that is no number', {height: 'tall'}, 0],
    ['a negative height', {height: -3}, 0],
    ['nothing', {}, 0],
  ];
  const fields = ['height', 'height_m', 'z_min', 'z_max', 'floors'];
  test.each(rows)('%s', (_, p, want) => {
    expect(evaluate(heightOf(fields), p)).toBeCloseTo(want, 6);
    expect(heightIn(p), 'and the legend says the same').toBeCloseTo(want, 6);
  });
  test('is asked only for fields that are there', () => {
    expect(hasHeights(['z_max'])).toBe(false);
    expect(evaluate(heightOf([]), {height: 9})).toBe(0);
  });
});

/** shown lists the parts that show a feature. */
function shown(type: 1 | 2 | 3, properties: Props, look = light): string[] {
  return layersOf(subject(CITY), look)
    .filter(({spec}) => spec.filter && spec.type !== 'symbol' && featureFilter(spec.filter as never, 'filter').filter({zoom: 16} as never, {type, properties} as never))
    .map(({spec}) => spec.id.slice(2)).sort();
}

describe('which layers show a feature', () => {
  test('a building is a solid, and a footprint from afar', () => expect(shown(3, {use: 'office', z_min: 0, z_max: 30})).toEqual(['flat', 'solid']));
  test('seen from above it is a footprint with an edge', () => expect(shown(3, {height: 30}, {...light, plan: true})).toEqual(['flat', 'flat-edge']));
  test('a park is an area', () => expect(shown(3, {class: 'park'})).toEqual(['area', 'area-edge']));
  test('a road is a line with a casing', () => expect(shown(2, {class: 'primary'})).toEqual(['line', 'line-case']));
  test('a pipe says that it is underground', () => expect(shown(2, {class: 'water', underground: true})).toEqual(['buried-line']));
  test('a tunnel lies below zero', () => expect(shown(2, {class: 'tunnel', z_min: -25, z_max: -12})).toEqual(['buried-line']));
  test('a station hall below is no building', () => expect(shown(3, {class: 'station', z_min: -17, z_max: -4})).toEqual(['buried-area', 'buried-edge']));
  test('a building with a basement stands above', () => expect(shown(3, {z_min: -6, z_max: 30})).toEqual(['flat', 'solid']));
  test('a room is no solid', () => expect(shown(3, {class: 'IfcSpace', z_min: 0, z_max: 3})).toEqual(['flat']));
  test('a wall is', () => expect(shown(3, {class: 'IfcWall', z_min: 0, z_max: 3})).toEqual(['flat', 'solid']));
  test('a tree', () => expect(shown(1, {class: 'tree'})).toEqual(['tree']));
  test('a sensor', () => expect(shown(1, {class: 'air'})).toEqual(['point']));
});

describe('colours', () => {
  const paint = (part: string, key: string, p: Props, look = light): unknown => {
    const spec = layersOf(subject(CITY), look).find((l) => l.spec.id === `c/${part}`)?.spec;
    const value = (spec?.paint as Props)[key];
    if (!isExpression(value)) return value;
    const e = createExpression(value, key, (v8 as unknown as Record<string, Record<string, never>>)[`paint_${spec?.type}`]?.[key]);
    if (e.result === 'error') throw new Error(JSON.stringify(e.value));
    return String(e.value.evaluate({zoom: 16} as never, {type: 3, properties: p} as never, {}));
  };
  const rgb = (hex: string) => `rgba(${[1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16)).join(',')},1)`;
  test('the use of a building wins over its class', () => {
    const office = kinds.building.find((k) => k.id === 'office');
    expect(paint('flat', 'fill-color', {use: 'Office', class: 'tower', height: 9})).toBe(rgb(office?.light ?? ''));
    expect(paint('flat', 'fill-color', {use: 'Office', height: 9}, {...light, dark: true})).toBe(rgb(office?.dark ?? ''));
  });
  test('a building of no known use is coloured by its height', () => {
    expect(paint('flat', 'fill-color', {height: 20})).toBe(rgb('#d9cfbe'));
    expect(paint('flat', 'fill-color', {height: 300})).toBe(rgb('#877865'));
  });
  test('a metro line has its own colour, and another if that is none', () => {
    expect(paint('buried-line', 'line-color', {class: 'tunnel', color: '#1f8a3b'})).toBe(rgb('#1f8a3b'));
    const metro = kinds.buried.find((k) => k.id === 'metro');
    expect(paint('buried-line', 'line-color', {class: 'tunnel', color: 'javascript:'})).toBe(rgb(metro?.light ?? ''));
  });
  test('a part of a model stands at its own height, a footprint on the ground', () => {
    expect(Number(paint('solid', 'fill-extrusion-base', {class: 'IfcSlab', z_min: 12, z_max: 12.3}))).toBe(12);
    expect(Number(paint('solid', 'fill-extrusion-height', {class: 'IfcSlab', z_min: 12, z_max: 12.3}))).toBeCloseTo(12.3, 6);
    expect(Number(paint('solid', 'fill-extrusion-base', {use: 'office', z_min: 42, z_max: 72}))).toBe(0);
    expect(Number(paint('solid', 'fill-extrusion-height', {use: 'office', z_min: 42, z_max: 72}))).toBe(30);
  });
});

test('a hidden collection keeps its layers, unseen', () => {
  for (const {spec} of layersOf(subject(CITY, {visible: false}), light)) expect(spec.layout?.visibility).toBe('none');
});
