import {describe, expect, test} from 'vitest';

import {shortTitles, titleIn} from './title';

describe('titles', () => {
  test('one language of two', () => {
    const title = '示例城市·建筑(合成数据) Example city: buildings (synthetic)';
    expect(titleIn(title, 'zh')).toBe('示例城市·建筑(合成数据)');
    expect(titleIn(title, 'en')).toBe('Example city: buildings (synthetic)');
  });
  test.each(['Tokyo buildings', '建筑', 'BIM 模型', '地铁 M1'])('%s stays whole or keeps its meaning', (title) => {
    expect([titleIn(title, 'zh'), titleIn(title, 'en')].join(' ')).toContain(title.split(' ')[0]);
  });
  test('what all have in common is said once', () => {
    expect(shortTitles(['示例城市·建筑(合成数据)', '示例城市·道路(合成数据)'])).toEqual({common: '示例城市(合成数据)', short: ['建筑', '道路']});
    expect(shortTitles(['Example city: buildings (synthetic)', 'Example city: building models (synthetic)']))
      .toEqual({common: 'Example city (synthetic)', short: ['Buildings', 'Building models']});
  });
  test('titles that share nothing stay', () => {
    expect(shortTitles(['buildings', 'bridges'])).toEqual({common: '', short: ['Buildings', 'Bridges']});
    expect(shortTitles(['alone: really'])).toEqual({common: '', short: ['alone: really']});
    expect(shortTitles(['same: x', 'same: x'])).toEqual({common: 'same', short: ['X', 'X']});
  });
});
