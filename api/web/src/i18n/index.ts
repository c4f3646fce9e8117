import {en} from './en';
import {zh} from './zh';
import type {Words} from './zh';

export type {Words} from './zh';

/** The languages of the page. */
export type Lang = 'zh' | 'en';

/** dictionaries has a dictionary for each language. */
export const dictionaries: Readonly<Record<Lang, Words>> = {zh, en};

/** langOf picks the language: what the link says, else the first that the browser asks for, else Chinese. */
export function langOf(link: string | undefined, browser: readonly string[]): Lang {
  for (const tag of [link ?? '', ...browser]) {
    const lang = tag.toLowerCase().split('-')[0];
    if (lang === 'zh' || lang === 'en') return lang;
  }
  return 'zh';
}
