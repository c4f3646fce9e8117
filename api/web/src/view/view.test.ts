import {expect, test} from 'vitest';

import {dictionaries} from '../i18n';
import {scaleBar} from './controls';
import {show} from './inspector';

test.each([
  [10.6, 90, '500 m', 47.17], [0.5, 90, '20 m', 40], [100, 90, '5 km', 50], [0.001, 90, '5 cm', 50], [1, 100, '100 m', 100],
] as const)('at %d m for a pixel a bar of %d pixels says %s', (metres, most, label, pixels) => {
  const bar = scaleBar(metres, most);
  expect(bar.label).toBe(label);
  expect(bar.pixels).toBeCloseTo(pixels, 1);
  expect(bar.pixels).toBeLessThanOrEqual(most);
});

test.each([
  ['year_built', 2009, '2009'], ['floors', 26, '26'], ['height', 1234.5678, '1,234.568 m'], ['population', 12345, '12,345'],
  ['underground', true, 'yes'], ['valid_from', '2009-10-10T16:00:00Z', '2009-10-11'], ['note', '2009-10-10', '2009-10-10'],
  ['name', '<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
] as const)('%s %o is shown as %s', (key, value, want) => expect(show(key, value, {lang: 'en'}, dictionaries.en)).toBe(want));
