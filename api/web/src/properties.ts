// The properties of a feature in the groups of the inspector.

/** One line of the inspector. */
export interface Entry {
  key: string;
  value: Value;
}

/** Values are shown as text, whatever they hold. */
export type Value = string | number | boolean;

/** A group of lines: identity, time, height, attributes, or a property set by its name. */
export interface Group {
  id: 'identity' | 'time' | 'height' | 'attributes' | 'set';
  /** Name of the property set, '' otherwise. */
  name: string;
  entries: Entry[];
}

const IDENTITY = ['id', 'global_id', 'name', 'name_zh', 'name_en', 'class', 'use', 'kind', 'type', 'model', 'address'];
const TIME = ['valid_from', 'valid_to', 'recorded_from', 'recorded_to'];
const HEIGHT = ['z_min', 'z_max', 'height', 'depth', 'storey', 'floors', 'underground'];
const TIME_WORDS = /(^|_)(date|year|time|opened|closed|installed|built|demolished|completed|updated|created)(_|$)|_(from|to|until|since)$|年份|日期|时间/i;
const HEIGHT_WORDS = /^(z|height|depth|elevation|altitude|floors?|storeys?|levels?)(_|$)|^building:(height|levels)$|高度|层数|埋深|标高/i;
const MOST = 2000; // lines; a feature is no table
const DEEPEST = 6;

/** groupsOf sorts properties into groups; sets such as Pset_WallCommon.FireRating go by prefix. */
export function groupsOf(id: string, properties: Readonly<Record<string, unknown>>): Group[] {
  const fixed: Record<'identity' | 'time' | 'height' | 'attributes', Entry[]> = {
    identity: [{key: 'id', value: id}], time: [], height: [], attributes: [],
  };
  const sets = new Map<string, Entry[]>();
  let left = MOST;
  const add = (key: string, value: unknown, depth: number) => {
    if (value === null || value === undefined || left <= 0) return;
    if (isRecord(value) && depth < DEEPEST) {
      for (const [k, v] of Object.entries(value)) add(`${key}.${k}`, v, depth + 1);
      return;
    }
    left--;
    const entry: Entry = {key, value: plain(value)};
    const set = setOf(key);
    if (set === undefined) {
      fixed[kindOf(key)].push(entry);
      return;
    }
    const list = sets.get(set) ?? [];
    sets.set(set, list);
    list.push({...entry, key: key.slice(set.length + 1)});
  };
  for (const [key, value] of Object.entries(properties)) if (key !== 'id') add(key, value, 0);
  sortBy(fixed.identity, IDENTITY);
  sortBy(fixed.time, TIME);
  sortBy(fixed.height, HEIGHT);
  const out: Group[] = [];
  for (const name of ['identity', 'time', 'height', 'attributes'] as const) {
    if (fixed[name].length > 0) out.push({id: name, name: '', entries: fixed[name]});
  }
  for (const name of [...sets.keys()].sort()) out.push({id: 'set', name, entries: sets.get(name) ?? []});
  return out;
}

const isRecord = (v: unknown): v is Record<string, unknown> =>
  typeof v === 'object' && v !== null && !Array.isArray(v) && Object.keys(v).length > 0;

function plain(v: unknown): Value {
  if (typeof v === 'string' || typeof v === 'number' || typeof v === 'boolean') return v;
  return JSON.stringify(v);
}

/** setOf is the name before the first dot, slash or colon, as in Pset_WallCommon.FireRating or addr:street. */
function setOf(key: string): string | undefined {
  const m = /^([\p{L}_][\p{L}\p{N}_ -]*)[./:][^\s]/u.exec(key);
  return m?.[1] === 'building' ? undefined : m?.[1];
}

function kindOf(key: string): 'identity' | 'time' | 'height' | 'attributes' {
  if (IDENTITY.includes(key)) return 'identity';
  if (TIME.includes(key) || TIME_WORDS.test(key)) return 'time';
  if (HEIGHT.includes(key) || HEIGHT_WORDS.test(key)) return 'height';
  return 'attributes';
}

function sortBy(list: Entry[], order: string[]): void {
  const rank = (e: Entry) => (order.includes(e.key) ? order.indexOf(e.key) : order.length);
  list.sort((a, b) => rank(a) - rank(b));
}
