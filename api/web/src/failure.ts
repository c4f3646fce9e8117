// What went wrong, in words for people.

import {Problem} from './api';
import type {Words} from './i18n';

/** reason says in words what went wrong. */
export function reason(why: unknown, words: Words): string {
  if (why instanceof Problem) {
    if (why.code === 'offline') return words.offline;
    if (why.code === 'timeout') return words.timeout;
    return why.hint ? `${why.message} (${why.hint})` : why.message;
  }
  return why instanceof Error ? why.message : String(why);
}

/** failure reads what the server said about a tile; MapLibre keeps the answer with its error. */
export async function failure(why: unknown, words: Words): Promise<string> {
  const {status, body, message} = (why ?? {}) as {status?: number; body?: unknown; message?: string};
  if (body instanceof Blob) {
    try {
      const doc = JSON.parse(await body.text()) as {detail?: unknown; title?: unknown};
      const text = doc.detail ?? doc.title;
      if (typeof text === 'string' && text) return text;
    } catch {
      // No problem document; the status has to do.
    }
  }
  if (status) return String(status);
  return /fetch|network/i.test(message ?? '') ? words.offline : (message ?? String(why));
}
