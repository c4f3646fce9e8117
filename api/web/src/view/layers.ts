import {html, nothing} from 'lit';
import type {TemplateResult} from 'lit';
import {repeat} from 'lit/directives/repeat.js';
import {styleMap} from 'lit/directives/style-map.js';

import type {Words} from '../i18n';
import type {Row} from '../map/legend';
import {paletteOf} from '../map/palette';
import type {Entry, State} from '../state';
import {shortTitles, titleIn} from '../title';
import {icons} from './icons';

/** What the catalogue of layers can be told to do. */
export interface LayerActions {
  toggle(id: string): void;
  toggleAll(visible: boolean): void;
  opacity(id: string, value: number): void;
  unfold(id: string): void;
  zoomTo(id: string): void;
}

const SWATCHES = 3; // beside a title
const ROWS = 14; // of a legend; the rest are few

/** layerPanel is the catalogue of collections. */
export function layerPanel(state: State, words: Words, dark: boolean, act: LayerActions): TemplateResult {
  const shown = state.entries.some((e) => e.visible);
  const titles = shortTitles(state.entries.map((e) => titleIn(e.collection.title, state.lang)));
  return html`
    <section class="card layers" aria-label=${words.layers} ?hidden=${!state.panel || !state.listed}>
      <header>
        <h2>${words.layers}${titles.common ? html`<small>${titles.common}</small>` : nothing}</h2>
        ${state.entries.length > 1 ? html`<button class="quiet" @click=${() => act.toggleAll(!shown)}>${shown ? words.hideAll : words.showAll}</button>` : nothing}
      </header>
      ${state.entries.length === 0 ? html`<p class="hint">${words.empty}<br><code>shikong import FILE</code></p>` : nothing}
      <ul>${repeat(state.entries, (e) => e.collection.id, (e, i) => layer(e, titles.short[i] ?? e.collection.id, state, words, dark, act))}</ul>
    </section>`;
}

function layer(e: Entry, name: string, state: State, words: Words, dark: boolean, act: LayerActions): TemplateResult {
  const {id} = e.collection;
  const number = new Intl.NumberFormat(state.lang);
  return html`
    <li class=${e.visible ? 'layer' : 'layer off'} data-collection=${id}>
      <div class="row">
        <button class="icon" role="switch" aria-checked=${e.visible ? 'true' : 'false'} aria-label=${words.showLayer(name)} title=${words.showLayer(name)}
          @click=${() => act.toggle(id)}>${e.visible ? icons.eye : icons.eyeOff}</button>
        <button class="title" aria-expanded=${e.open ? 'true' : 'false'} title=${words.details(name)} @click=${() => act.unfold(id)}>
          <span class="text">${name}</span>
          <span class="swatches" aria-hidden="true">${e.legend.slice(0, SWATCHES).map((r) => swatch(r))}</span>
          <small>${number.format(e.collection.count)}</small>
        </button>
        <button class="icon" aria-label=${words.zoomTo(name)} title=${words.zoomTo(name)} ?disabled=${!e.collection.bounds}
          @click=${() => act.zoomTo(id)}>${icons.focus}</button>
      </div>
      ${e.open ? details(e, state, words, dark, act) : nothing}
    </li>`;
}

function details(e: Entry, state: State, words: Words, dark: boolean, act: LayerActions): TemplateResult {
  const {id} = e.collection;
  const percent = Math.round(e.opacity * 100);
  const number = new Intl.NumberFormat(state.lang);
  const thinned = e.tiles?.thinned.find((t) => t.zoom === Math.floor(state.view.zoom) && t.kept < t.of);
  return html`
    <div class="details">
      <label class="opacity"><span>${words.opacity}</span>
        <input type="range" min="5" max="100" step="5" .value=${String(percent)}
          @input=${(ev: Event) => act.opacity(id, Number((ev.target as HTMLInputElement).value) / 100)}>
        <output>${percent}%</output></label>
      ${thinned ? html`<p class="hint">${words.thinned(number.format(thinned.kept), number.format(thinned.of))}</p>` : nothing}
      ${legend(e, state, words, dark)}
    </div>`;
}

function legend(e: Entry, state: State, words: Words, dark: boolean): TemplateResult {
  if (e.legend.length === 0) return html`<p class="hint">${words.legendEmpty}</p>`;
  const number = new Intl.NumberFormat(state.lang);
  const byHeight = e.legend.some((r) => r.shape === 'solid' && !r.kind);
  const rows = e.legend.filter((r) => !(r.shape === 'solid' && !r.kind));
  return html`
    <ul class="legend" aria-label=${words.legend}>
      ${rows.slice(0, ROWS).map((r) => html`<li>${swatch(r)}<span>${r.kind ? r.kind[state.lang] : words.otherKind}</span><small>${number.format(r.count)}</small></li>`)}
    </ul>
    ${byHeight ? ramp(words, dark) : nothing}`;
}

function ramp(words: Words, dark: boolean): TemplateResult {
  const stops = paletteOf(dark).heights;
  const colours = stops.map(([, colour]) => colour).join(',');
  return html`
    <figure class="ramp">
      <figcaption>${words.legendHeight}</figcaption>
      <div class="bar" style=${styleMap({background: `linear-gradient(90deg,${colours})`})}></div>
      <div class="ends"><span>${stops[0]?.[0]} m</span><span>${stops.at(-1)?.[0]} m</span></div>
    </figure>`;
}

const swatch = (r: Row) => html`<i class="swatch ${r.shape}" style=${styleMap({'--c': r.colour})}></i>`;
