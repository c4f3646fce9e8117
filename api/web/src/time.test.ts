import {describe, expect, test} from 'vitest';

import {DAY, formatDate, formatMoment, lengthsOf, move, parseMoment, spanOf, startOfDay, stepFor, ticks, toParam, windowOf} from './time';

const utc = (s: string) => Date.parse(s);

describe('what a person types', () => {
  test.each([
    ['a year is its first day in Beijing', '1998', '1997-12-31T16:00:00Z'],
    ['a month is its first day', '1998-05', '1998-04-30T16:00:00Z'],
    ['a day begins at midnight in Beijing', '1998-05-01', '1998-04-30T16:00:00Z'],
    ['slashes and single digits', '1998/5/1', '1998-04-30T16:00:00Z'],
    ['Chinese words for year, month, day', '1998年5月1日', '1998-04-30T16:00:00Z'],
    ['a Chinese year', '1998年', '1997-12-31T16:00:00Z'],
    ['a time in Beijing', '2024-05-01 12:30', '2024-05-01T04:30:00Z'],
    ['a time with T and seconds', '2024-05-01T12:30:15', '2024-05-01T04:30:15Z'],
    ['RFC 3339 in UTC', '2024-05-01T04:30:00Z', '2024-05-01T04:30:00Z'],
    ['RFC 3339 with an offset', '2024-05-01T12:30:00+08:00', '2024-05-01T04:30:00Z'],
    ['before 1970', '1900-01-01', '1899-12-31T16:00:00Z'],
    ['before the Gregorian calendar', '0618-06-18', '0618-06-17T16:00:00Z'],
    ['a leap day', '2024-02-29', '2024-02-28T16:00:00Z'],
    ['spaces around', ' 2000 ', '1999-12-31T16:00:00Z'],
  ])('%s', (_, text, want) => expect(parseMoment(text)).toBe(utc(want)));

  test.each(['now', 'Now', '现在'])('%s is now', (text) => expect(parseMoment(text)).toBeNull());

  test.each(['', 'yesterday', '98', '1998-13', '1998-02-30', '2023-02-29', '1998-05 12:00', '2024-05-01 25:00', '2024-05-01 12:60',
    '0000-01-01', '2024-05-01T99:00:00Z', '1998-05-01-02', '99999'])('%o is no moment', (text) => expect(parseMoment(text)).toBeUndefined());
});

test('a moment is written as a Beijing day, with its time unless it is midnight', () => {
  expect(formatMoment(utc('1998-04-30T16:00:00Z'))).toBe('1998-05-01');
  expect(formatMoment(utc('1998-05-01T04:30:00Z'))).toBe('1998-05-01 12:30');
  expect(formatMoment(utc('1998-05-01T04:30:07Z'))).toBe('1998-05-01 12:30:07');
  expect(formatDate(utc('0618-06-17T16:00:00Z'))).toBe('0618-06-18');
});

test('what is written is read back', () => {
  for (let ms = utc('0101-01-01T00:00:00Z'); ms < utc('2100-01-01T00:00:00Z'); ms += 777_777_777_000) expect(parseMoment(formatMoment(ms))).toBe(ms);
});

test('the server is asked in UTC', () => expect(toParam(utc('1998-05-01T00:00:00+08:00'))).toBe('1998-04-30T16:00:00Z'));

test('steps keep the calendar', () => {
  const at = (s: string) => parseMoment(s) as number;
  expect(move(at('2024-01-31'), 'month', 1)).toBe(at('2024-02-29'));
  expect(move(at('2023-03-31'), 'month', -1)).toBe(at('2023-02-28'));
  expect(move(at('2024-02-29'), 'year', 1)).toBe(at('2025-02-28'));
  expect(move(at('2024-12-31'), 'day', 1)).toBe(at('2025-01-01'));
  expect(move(at('1999-11-15'), 'month', 14)).toBe(at('2001-01-15'));
  expect(move(at('2000-01-15 08:30'), 'year', -5)).toBe(at('1995-01-15 08:30'));
});

describe('the span of the time bar', () => {
  const now = utc('2026-11-01T00:00:00Z');
  test('reaches over all collections, and to now where one goes on', () => {
    const span = spanOf([[utc('1980-03-02T10:00:00Z'), null], [utc('1950-01-01T00:00:00Z'), utc('1990-01-01T00:00:00Z')]], now);
    expect(span).toEqual({start: startOfDay(utc('1950-01-01T00:00:00Z')), end: now});
  });
  test('reaches into the future where plans do', () => {
    expect(spanOf([[utc('2020-01-01T00:00:00Z'), utc('2035-01-01T00:00:00Z')]], now).end).toBe(utc('2035-01-01T00:00:00Z'));
  });
  test('is ten years where nothing has a date', () => {
    expect(formatDate(spanOf([[null, null]], now).start)).toBe('2016-11-01');
  });
  test('can be cut to its last years, but keeps what is shown', () => {
    const all = {start: utc('1876-02-01T00:00:00Z'), end: now};
    expect(formatDate(windowOf(all, 50, null).start)).toBe('1976-11-01');
    expect(windowOf(all, 0, null)).toEqual(all);
    const shown = parseMoment('1900-01-01') as number;
    expect(windowOf(all, 50, shown).start).toBe(shown);
    expect(windowOf({start: utc('2020-01-01T00:00:00Z'), end: now}, 50, null).start).toBe(utc('2020-01-01T00:00:00Z'));
  });
  test('only lengths that show less than everything can be chosen', () => {
    expect(lengthsOf({start: utc('1876-02-01T00:00:00Z'), end: now})).toEqual([10, 50, 0]);
    expect(lengthsOf({start: utc('1990-01-01T00:00:00Z'), end: now})).toEqual([10, 0]);
    expect(lengthsOf(spanOf([[null, null]], now))).toEqual([0]);
  });
  test('the step fits the span', () => {
    expect(stepFor({start: 0, end: 3650 * DAY})).toBe('year');
    expect(stepFor({start: 0, end: 700 * DAY})).toBe('month');
    expect(stepFor({start: 0, end: 30 * DAY})).toBe('day');
  });
});

describe('marks', () => {
  const at = (s: string) => parseMoment(s) as number;
  test('are round years', () => {
    expect(ticks({start: at('1976-11-01'), end: at('2026-11-01')}, 6).map((t) => t.label)).toEqual(['1980', '1990', '2000', '2010', '2020']);
  });
  test('are months where years are too coarse', () => {
    expect(ticks({start: at('2024-01-15'), end: at('2024-06-15')}, 6).map((t) => t.label)).toEqual(['2024-02', '2024-03', '2024-04', '2024-05', '2024-06']);
  });
  test('stay few over a thousand years', () => {
    expect(ticks({start: at('0900-01-01'), end: at('2026-01-01')}, 12).length).toBeLessThanOrEqual(12);
  });
});
