import {expect, test} from 'vitest';

import {cameraFor} from './camera';

const none = {top: 0, right: 0, bottom: 0, left: 0};
const straight = {bearing: 0, pitch: 0};

test('the world fits into one tile at zoom 0', () => {
  const c = cameraFor([-180, -85, 180, 85], {width: 512, height: 512}, none, straight);
  expect(c.zoom).toBeCloseTo(0, 2);
  expect(c.center[0]).toBeCloseTo(0, 6);
  expect(c.center[1]).toBeCloseTo(0, 6);
});
test('a window twice as wide looks one level deeper', () => {
  const box = [113.98, 22.52, 114.04, 22.55] as [number, number, number, number];
  const a = cameraFor(box, {width: 500, height: 500}, none, straight).zoom;
  expect(cameraFor(box, {width: 1000, height: 1000}, none, straight).zoom).toBeCloseTo(a + 1, 6);
  expect(cameraFor(box, {width: 1000, height: 1000}, {...none, left: 500, top: 500}, straight).zoom).toBeCloseTo(a, 6);
});
test('a tilted map sees a deep box foreshortened and comes nearer', () => {
  const deep = [114, 22, 114.01, 22.2] as [number, number, number, number];
  const size = {width: 800, height: 600};
  expect(cameraFor(deep, size, none, {bearing: 0, pitch: 60}).zoom).toBeGreaterThan(cameraFor(deep, size, none, straight).zoom);
});
test('a point is looked at from near, but not from within', () => {
  expect(cameraFor([114, 22, 114, 22], {width: 800, height: 600}, none, straight)).toEqual({center: [114, expect.closeTo(22, 6) as number], zoom: 18});
});
test('panels that leave no room do not turn the map inside out', () => {
  expect(cameraFor([113, 22, 114, 23], {width: 300, height: 300}, {top: 400, right: 400, bottom: 400, left: 400}, straight).zoom).toBeGreaterThan(0);
});
