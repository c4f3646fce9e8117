import {describe, expect, test} from 'vitest';

import {formatHash, parseHash} from './hash';
import type {Link} from './hash';
import {parseMoment} from './time';

test('a link restores everything', () => {
  const link: Link = {
    view: {zoom: 15.25, lat: 22.543096, lon: 114.057865, bearing: -18, pitch: 50},
    moment: parseMoment('1998-05-01') as number,
    layers: new Map([['buildings', 1], ['a/b:c,d&e', 0.35]]),
    selection: {collection: 'a/b', id: '2O2Fr$t4X7Zf8NOew3FLOH/ä&=#%'},
    underground: true,
    lang: 'en',
  };
  expect(parseHash(formatHash(link))).toEqual(link);
});

test('a link is readable', () => {
  expect(formatHash({view: {zoom: 15.254, lat: 22.5430961, lon: 114.0578654, bearing: 0, pitch: 0}, moment: parseMoment('1998-05-01 12:30') as number,
    layers: new Map([['buildings', 1], ['metro', 0.5]]), selection: {collection: 'buildings', id: 'A1-01'}, lang: 'zh'}))
    .toBe('#map=15.25/22.543096/114.057865&t=1998-05-01T12:30&layers=buildings,metro:0.5&sel=buildings/A1-01&lang=zh');
});

test('now is not written, and a link without a time says nothing of it', () => {
  expect(formatHash({moment: null})).toBe('#');
  expect(parseHash('#map=1/2/3').moment).toBeUndefined();
});

describe('what cannot be understood is left out', () => {
  test.each([
    ['nothing', ''], ['no pairs', '#somewhere'], ['a view of letters', '#map=a/b/c'], ['a view of two numbers', '#map=1/2'],
    ['a latitude beyond the pole', '#map=3/91/0'], ['a zoom below 0', '#map=-1/0/0'], ['a pitch upside down', '#map=3/0/0/0/170'],
    ['an empty number', '#map=3//7'], ['a day that is none', '#t=1998-02-30'], ['a selection without an id', '#sel=buildings/'], ['a selection without a collection', '#sel=/A1'],
  ])('%s', (_, hash) => {
    const {view, moment, selection} = parseHash(hash);
    expect({view, moment, selection}).toEqual({view: undefined, moment: undefined, selection: undefined});
  });
  test('a lone percent sign stands for itself', () => expect(parseHash('#sel=a/50%').selection).toEqual({collection: 'a', id: '50%'}));
  test('an opacity that is none is full', () => {
    expect([...(parseHash('#layers=a:0,b:7,c:x,d:0.2').layers ?? [])]).toEqual([['a', 1], ['b', 1], ['c', 1], ['d', 0.2]]);
  });
  test('an empty list of layers hides all', () => expect(parseHash('#layers=').layers?.size).toBe(0));
});
