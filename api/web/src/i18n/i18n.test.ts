import {describe, expect, test} from 'vitest';

import {dictionaries, langOf} from '.';

describe('the language', () => {
  test.each([
    ['the link wins', 'en', ['zh-CN'], 'en'],
    ['else what the browser asks for first', undefined, ['fr', 'en-GB', 'zh'], 'en'],
    ['a region does not matter', undefined, ['zh-Hant-TW'], 'zh'],
    ['a language that is not there is passed over', 'de', ['en'], 'en'],
    ['Chinese without any wish', undefined, [], 'zh'],
  ] as const)('%s', (_, link, browser, want) => expect(langOf(link, browser)).toBe(want));
});

test('both dictionaries have words for everything, and for the same keys of properties', () => {
  const say = (v: unknown): string => (typeof v === 'function' ? String((v as (...a: string[]) => string)('A', 'B')) : typeof v === 'string' ? v : '');
  for (const words of Object.values(dictionaries)) {
    for (const [key, v] of Object.entries(words)) if (key !== 'keys') expect(say(v).trim(), key).not.toBe('');
  }
  expect(Object.keys(dictionaries.en.keys)).toEqual(Object.keys(dictionaries.zh.keys));
});

test('Chinese sentences have Chinese punctuation', () => {
  for (const [key, v] of Object.entries(dictionaries.zh)) if (typeof v === 'string') expect(v, key).not.toMatch(/[\u4e00-\u9fff][,;:]/);
});
