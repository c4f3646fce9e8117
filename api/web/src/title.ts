// Titles of collections, cut to what a narrow list needs.

/**
 * titleIn picks the part of a bilingual title, such as 建筑 Buildings, that is in the language;
 * any other title is left whole.
 */
export function titleIn(title: string, lang: 'zh' | 'en'): string {
  const m = /^(.*[\u2e80-\u9fff\uff00-\uffef)])\s+([^\u2e80-\u9fff\uff00-\uffef]*[A-Za-z][^\u2e80-\u9fff\uff00-\uffef]*)$/.exec(title);
  if (!m || !/[\u2e80-\u9fff]/.test(m[1] ?? '')) return title;
  return (lang === 'zh' ? m[1] : m[2]) ?? title;
}

/**
 * shortTitles parts from titles what all have in common, such as the name of the city before and
 * a remark in brackets behind, so that a narrow list can tell them apart.
 */
export function shortTitles(titles: readonly string[]): {common: string; short: string[]} {
  const whole = {common: '', short: [...titles]};
  if (titles.length < 2) return whole;
  const first = titles[0] ?? '';
  let head = 0;
  while (head < first.length && titles.every((t) => t[head] === first[head])) head++;
  head = Math.max(...['·', ':', '\uff1a', ' - ', '—', '/'].map((s) => (first.lastIndexOf(s, head - 1) < 0 ? 0 : first.lastIndexOf(s, head - 1) + s.length)).filter((n) => n <= head), 0);
  const bracket = /\s*[(\uff08][^()\uff08\uff09]*[)\uff09]$/.exec(first)?.[0] ?? '';
  const tail = bracket !== '' && titles.every((t) => t.endsWith(bracket)) ? bracket.length : 0;
  const short = titles.map((t) => t.slice(head, t.length - tail).trim());
  if (short.some((t) => t === '')) return whole;
  const common = `${first.slice(0, head).replace(/[\s·:\uff1a—/-]+$/, '')}${first.slice(first.length - tail)}`;
  return {common, short: short.map((t) => t.charAt(0).toUpperCase() + t.slice(1))};
}
