import {html, nothing} from 'lit';
import type {TemplateResult} from 'lit';

import {base, featurePath} from '../api';
import type {Words} from '../i18n';
import {groupsOf} from '../properties';
import type {Entry, Group, Value} from '../properties';
import type {Inspected, State} from '../state';
import {formatMoment} from '../time';
import {titleIn} from '../title';
import {icons} from './icons';

/** What the inspector can be told to do. */
export interface InspectorActions {
  close(): void;
  copy(text: string): void;
  zoomTo(): void;
}

/** inspector shows the properties of the selected feature. Values are text, whatever they hold. */
export function inspector(of: Inspected, state: State, words: Words, act: InspectorActions): TemplateResult {
  const {selection, feature} = of;
  const collection = state.entries.find((e) => e.collection.id === selection.collection)?.collection;
  const path = featurePath(selection.collection, selection.id, of.elsewhen ? null : state.moment);
  return html`
    <aside class="card inspector" aria-label=${words.inspector} aria-busy=${of.loading ? 'true' : 'false'}>
      <header>
        <div>
          <h2 tabindex="-1">${nameOf(of, state)}</h2>
          <p class="hint">${collection ? titleIn(collection.title, state.lang) : selection.collection}</p>
        </div>
        <button class="icon" aria-label=${words.close} title=${words.close} @click=${() => act.close()}>${icons.close}</button>
      </header>
      <p class="actions">
        <button @click=${() => act.copy(selection.id)}>${icons.copy}<span>${state.copied === '' ? words.copyId : words[state.copied]}</span></button>
        <a class="button" href=${`${base()}${path}${path.includes('?') ? '&' : '?'}f=json`} target="_blank" rel="noopener">${icons.json}<span>${words.json}</span></a>
        ${feature?.bounds ? html`<button @click=${() => act.zoomTo()} aria-label=${words.zoomToFeature} title=${words.zoomToFeature}>${icons.focus}</button>` : nothing}
      </p>
      <div class="body" role="status">
        ${of.elsewhen && state.moment !== null ? html`<p class="note">${words.notThen(formatMoment(state.moment))}</p>` : nothing}
        ${of.problem ? html`<p class="note error">${of.problem}</p>` : nothing}
        ${feature ? groupsOf(feature.id, feature.properties).map((g) => group(g, state, words)) : of.loading ? html`<p class="hint">${words.loading}</p>` : nothing}
      </div>
    </aside>`;
}

function nameOf(of: Inspected, state: State): string {
  const p = of.feature?.properties ?? {};
  const names = state.lang === 'en' ? [p['name_en'], p['name']] : [p['name'], p['name_zh']];
  return names.find((n): n is string => typeof n === 'string' && n !== '') ?? of.selection.id;
}

function group(g: Group, state: State, words: Words): TemplateResult {
  const titles: Record<Group['id'], string> = {
    identity: words.identity, time: words.timeGroup, height: words.height, attributes: words.attributes, set: g.name,
  };
  return html`
    <details open data-group=${g.id === 'set' ? g.name : g.id}>
      <summary>${titles[g.id]}</summary>
      <dl>${g.entries.map((e) => line(e, g, state, words))}</dl>
    </details>`;
}

function line(e: Entry, g: Group, state: State, words: Words): TemplateResult {
  const known = g.id === 'set' || !Object.hasOwn(words.keys, e.key) ? undefined : words.keys[e.key];
  return html`<div><dt title=${e.key}>${known ?? e.key}</dt><dd>${show(e.key, e.value, state, words)}</dd></div>`;
}

const METRES = ['z_min', 'z_max', 'height', 'depth', 'depth_max', 'length', 'width', 'elevation', 'crown', 'diameter'];

/** show writes a value for people: numbers in their language, times in Beijing, metres with their unit. */
export function show(key: string, value: Value, state: Pick<State, 'lang'>, words: Words): string {
  if (typeof value === 'boolean') return value ? words.yes : words.no;
  if (typeof value === 'number') {
    if (/year|年份/i.test(key) && Number.isInteger(value)) return String(value);
    const text = new Intl.NumberFormat(state.lang, {maximumFractionDigits: 3}).format(value);
    return METRES.includes(key) ? `${text} m` : text;
  }
  if (/^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(value)) {
    const ms = Date.parse(value);
    if (!Number.isNaN(ms)) return formatMoment(ms);
  }
  return value;
}
