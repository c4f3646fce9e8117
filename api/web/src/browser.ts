// What browsers do each in their own way.

import type {Theme} from './state';

/** inQuiet runs f when the page has nothing better to do; Safari has to guess. */
export function inQuiet(f: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(f, {timeout: 1000});
  else setTimeout(f, 100);
}

/** copyText copies; without https browsers only know the old way. */
export async function copyText(text: string): Promise<void> {
  if (isSecureContext && navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'unseen';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (!done) throw new Error('copy');
}

const THEME = 'shikong-theme';

/** storedTheme is the theme that was chosen before. */
export function storedTheme(): Theme {
  try {
    const t = localStorage.getItem(THEME);
    return t === 'light' || t === 'dark' ? t : 'auto';
  } catch {
    return 'auto'; // storage is switched off
  }
}

/** storeTheme keeps the theme for the next visit. */
export function storeTheme(theme: Theme): void {
  try {
    localStorage.setItem(THEME, theme);
  } catch {
    // It holds for this visit, then.
  }
}
