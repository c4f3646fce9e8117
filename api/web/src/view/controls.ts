import {html, nothing} from 'lit';
import type {TemplateResult} from 'lit';
import {styleMap} from 'lit/directives/style-map.js';

import type {Words} from '../i18n';
import type {Notice, State} from '../state';
import {icons} from './icons';

/** What the buttons beside the map do. */
export interface ControlActions {
  zoom(by: 1 | -1): void;
  north(): void;
  tilt(on: boolean): void;
  fit(): void;
  underground(on: boolean): void;
}

/** controls are the buttons beside the map. */
export function controls(state: State, words: Words, act: ControlActions): TemplateResult {
  const tilted = state.view.pitch >= 1;
  const button = (label: string, icon: unknown, click: () => void, extra?: {pressed?: boolean; hint?: string}) => html`
    <button class="icon" aria-label=${label} title=${extra?.hint ?? label} aria-pressed=${extra?.pressed === undefined ? nothing : extra.pressed ? 'true' : 'false'}
      @click=${click}>${icon}</button>`;
  const needle = html`<span class="needle" style=${styleMap({transform: `rotate(${(-state.view.bearing).toFixed(1)}deg)`})}>${icons.compass}</span>`;
  return html`
    <div class="controls">
      <div class="card group">
        ${button(words.zoomIn, icons.plus, () => act.zoom(1))}
        ${button(words.zoomOut, icons.minus, () => act.zoom(-1))}
        ${button(words.north, needle, () => act.north())}
        ${button(words.fit, icons.home, () => act.fit())}
      </div>
      <div class="card group">
        ${button(tilted ? words.flat : words.tilt, tilted ? icons.flat : icons.tilt, () => act.tilt(!tilted))}
        ${button(words.underground, icons.below, () => act.underground(!state.underground),
          {pressed: state.underground, hint: words.undergroundHint})}
      </div>
    </div>`;
}

/** noticeList tells what went wrong, in words. */
export function noticeList(notices: readonly Notice[], words: Words, dismiss: (key: string) => void): TemplateResult {
  return html`
    <div class="notices" role="status" aria-live="polite">
      ${notices.map((n) => html`
        <div class="card notice ${n.kind}" data-key=${n.key}>
          <span>${n.text}</span>
          ${n.retry ? html`<button class="quiet" @click=${n.retry}>${words.retry}</button>` : nothing}
          <button class="icon" aria-label=${words.dismiss} title=${words.dismiss} @click=${() => dismiss(n.key)}>${icons.close}</button>
        </div>`)}
    </div>`;
}

/** scaleBar is a round length of at most `most` pixels where a pixel is `metres` wide. */
export function scaleBar(metres: number, most: number): {label: string; pixels: number} {
  const reach = metres * most;
  const power = 10 ** Math.floor(Math.log10(reach));
  const round = [5, 2, 1].find((n) => n * power <= reach) ?? 1;
  const length = round * power;
  return {label: length >= 1000 ? `${length / 1000} km` : length >= 1 ? `${length} m` : `${Math.round(length * 100)} cm`, pixels: length / metres};
}

/** footer says where the map looks, at which scale, and whose data it shows. */
export function footer(state: State): TemplateResult {
  const {lat, lon, zoom} = state.view;
  const metres = (40_075_016.7 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** zoom);
  const bar = scaleBar(metres, 90);
  const sources = [...new Set(state.entries.filter((e) => e.visible).map((e) => e.collection.attribution).filter(Boolean))];
  return html`
    <footer class="foot">
      ${sources.length > 0 ? html`<span class="sources">© ${sources.join(' · ')}</span>` : nothing}
      <span>${lon.toFixed(5)}, ${lat.toFixed(5)}</span>
      <span class="scale" style=${styleMap({width: `${bar.pixels.toFixed(0)}px`})}>${bar.label}</span>
    </footer>`;
}
