import {describe, expect, test} from 'vitest';

import {accent, keysOf, kindOf, kinds} from './kinds';
import type {Role} from './kinds';

describe.each(Object.keys(kinds) as Role[])('the table of %s', (role) => {
  test('has one kind for each word', () => {
    const words = kinds[role].flatMap((k) => k.words);
    expect(words.filter((w, i) => words.indexOf(w) !== i)).toEqual([]);
  });
  test('has words in lower case, colours, and names in both languages', () => {
    for (const k of kinds[role]) {
      expect(k.words.every((w) => w === w.toLowerCase() && w !== ''), k.id).toBe(true);
      expect([k.light, k.dark].every((c) => /^#[0-9a-f]{6}$/.test(c)), k.id).toBe(true);
      expect(k.zh !== '' && k.en !== '', k.id).toBe(true);
    }
  });
});

test('a kind is found by any of its words, whatever their case', () => {
  expect(kindOf('building', 'Hospital')?.id).toBe('health');
  expect(kindOf('element', 'IfcWallStandardCase')?.id).toBe('wall');
  expect(kindOf('buried', '燃气')?.id).toBe('gas');
  expect(kindOf('building', 'spaceport')).toBeUndefined();
  expect(kindOf('building', 7)).toBeUndefined();
});

test('use is believed before class', () => {
  expect(keysOf(['id', 'class', 'use'])).toEqual(['use', 'class']);
  expect(keysOf(['id'])).toEqual(['class']);
});

test('there is a colour for any number of collections', () => expect(accent(1000, false)).toMatch(/^#/));
