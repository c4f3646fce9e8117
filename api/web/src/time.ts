// Moments are milliseconds since 1970-01-01T00:00Z. People read and write Beijing time
// (+08:00), and a date without a time is the beginning of that day in Beijing.

/** The moment shown: null is now, and goes on with the clock. */
export type Moment = number | null;

/** A closed range of moments. */
export interface Span {
  start: number;
  end: number;
}

/** What an arrow key and the player move by. */
export type Step = 'day' | 'month' | 'year';

export const DAY = 86_400_000;
const BEIJING = 8 * 3_600_000;

/** utc returns the moment of a date and time in Beijing; Date.UTC takes the years 0–99 for 1900–1999. */
function beijing(year: number, month: number, day: number, hour = 0, minute = 0, second = 0): number | undefined {
  const d = new Date(0);
  d.setUTCFullYear(year, month - 1, day);
  if (d.getUTCMonth() !== month - 1 || d.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) return undefined;
  d.setUTCHours(hour, minute, second);
  return d.getTime() - BEIJING;
}

const DATE = /^(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?月?)?年?(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?$/;

/**
 * parseMoment reads what a person types: 1998, 1998-05, 1998-05-01, 1998/5/1, 1998年5月1日, each
 * full date also with a time, or a full RFC 3339 time with its offset. null is now, undefined is
 * no moment.
 */
export function parseMoment(text: string): Moment | undefined {
  const s = text.trim();
  if (/^(now|现在|现时|今)$/i.test(s)) return null;
  if (/^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:\d{2})$/i.test(s)) {
    const ms = Date.parse(s);
    return Number.isNaN(ms) ? undefined : ms;
  }
  const m = DATE.exec(s);
  if (!m || (m[4] !== undefined && m[3] === undefined)) return undefined;
  const n = (i: number, otherwise: number) => (m[i] === undefined ? otherwise : Number(m[i]));
  if (n(1, 0) === 0) return undefined;
  return beijing(n(1, 0), n(2, 1), n(3, 1), n(4, 0), n(5, 0), n(6, 0));
}

const pad = (n: number, width = 2) => String(n).padStart(width, '0');

/** formatDate writes the Beijing day, such as 1998-05-01. */
export function formatDate(ms: number): string {
  const d = new Date(ms + BEIJING);
  return `${pad(d.getUTCFullYear(), 4)}-${pad(d.getUTCMonth() + 1)}-${pad(d.getUTCDate())}`;
}

/** formatMoment writes the Beijing day, and the time unless it is midnight. */
export function formatMoment(ms: number): string {
  const d = new Date(ms + BEIJING);
  const [h, m, s] = [d.getUTCHours(), d.getUTCMinutes(), d.getUTCSeconds()];
  if (h === 0 && m === 0 && s === 0) return formatDate(ms);
  return `${formatDate(ms)} ${pad(h)}:${pad(m)}${s === 0 ? '' : `:${pad(s)}`}`;
}

/** toParam writes a moment for the parameter datetime of the server. */
export function toParam(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

/** startOfDay returns the beginning of the Beijing day. */
export function startOfDay(ms: number): number {
  return Math.floor((ms + BEIJING) / DAY) * DAY - BEIJING;
}

/** move adds n steps; the 31st becomes the last day of a shorter month. */
export function move(ms: number, step: Step, n: number): number {
  if (step === 'day') return ms + n * DAY;
  const d = new Date(ms + BEIJING);
  const months = d.getUTCFullYear() * 12 + d.getUTCMonth() + n * (step === 'year' ? 12 : 1);
  const last = new Date(0);
  last.setUTCFullYear(Math.floor(months / 12), (((months % 12) + 12) % 12) + 1, 0);
  const day = Math.min(d.getUTCDate(), last.getUTCDate());
  d.setUTCFullYear(last.getUTCFullYear(), last.getUTCMonth(), day);
  return d.getTime() - BEIJING;
}

/**
 * spanOf returns the time that collections reach over, each given as [start, end] with null for
 * an open side. An open end reaches to now; without any date the span is the last ten years.
 */
export function spanOf(extents: readonly (readonly [number | null, number | null])[], now: number): Span {
  let start = Infinity;
  let end = now;
  for (const [from, to] of extents) {
    if (from !== null) start = Math.min(start, from);
    if (to !== null) {
      end = Math.max(end, to);
      start = Math.min(start, to);
    }
  }
  if (!(start < end)) start = move(end, 'year', -10);
  return {start: startOfDay(start), end};
}

/** YEARS are the lengths of the time bar that can be chosen; 0 is everything. */
export const YEARS = [10, 50, 0] as const;

/** lengthsOf returns the lengths that can be chosen for a span: those that show less of it, and everything. */
export function lengthsOf(all: Span): number[] {
  return YEARS.filter((y) => y === 0 || startOfDay(move(all.end, 'year', -y)) > all.start);
}

/** windowOf cuts a span to its last years, but never so that the moment shown lies outside. */
export function windowOf(all: Span, years: number, shown: Moment): Span {
  const start = years === 0 ? all.start : Math.max(all.start, move(all.end, 'year', -years));
  if (shown === null) return {start, end: all.end};
  return {start: Math.min(start, startOfDay(shown)), end: Math.max(all.end, shown)};
}

/** stepFor returns a step with which a player crosses the span in a minute or two. */
export function stepFor(span: Span): Step {
  const days = (span.end - span.start) / DAY;
  if (days > 365 * 8) return 'year';
  return days > 200 ? 'month' : 'day';
}

/** A mark on the time bar. */
export interface Tick {
  at: number;
  label: string;
}

/** ticks returns at most `most` round years, or months where years are too coarse. */
export function ticks(span: Span, most: number): Tick[] {
  const out: Tick[] = [];
  const years = (span.end - span.start) / (365.25 * DAY);
  if (years < 2) {
    const by = [1, 2, 3, 6].find((n) => (years * 12) / n <= most) ?? 12;
    for (let at = firstOf(span.start, 'month'); at <= span.end; at = move(at, 'month', 1)) {
      const month = new Date(at + BEIJING).getUTCMonth();
      if (at >= span.start && month % by === 0) out.push({at, label: formatDate(at).slice(0, 7)});
    }
    return out;
  }
  const by = [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000].find((n) => years / n <= most) ?? 2000;
  for (let at = firstOf(span.start, 'year'); at <= span.end; at = move(at, 'year', 1)) {
    const year = new Date(at + BEIJING).getUTCFullYear();
    if (at >= span.start && year % by === 0) out.push({at, label: String(year)});
  }
  return out;
}

function firstOf(ms: number, step: 'month' | 'year'): number {
  const d = new Date(ms + BEIJING);
  d.setUTCHours(0, 0, 0, 0);
  d.setUTCDate(1);
  if (step === 'year') d.setUTCMonth(0);
  return d.getTime() - BEIJING;
}
