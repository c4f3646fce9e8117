import {html, nothing} from 'lit';
import type {TemplateResult} from 'lit';

import type {Words} from '../i18n';
import type {State, Theme} from '../state';
import {controls, footer, noticeList} from './controls';
import type {ControlActions} from './controls';
import {icons} from './icons';
import {inspector} from './inspector';
import type {InspectorActions} from './inspector';
import {layerPanel} from './layers';
import type {LayerActions} from './layers';
import {timeBar} from './timebar';
import type {TimeActions} from './timebar';

/** Everything that the page can be told to do. */
export interface Actions {
  /** To the map, past the panels, by the keyboard. */
  skip(): void;
  panel(shown: boolean): void;
  theme(): void;
  lang(): void;
  dismiss(notice: string): void;
  layers: LayerActions;
  controls: ControlActions;
  inspector: InspectorActions;
  time: TimeActions;
}

/** page draws the panels around the map; the map itself lives in the element with the id map. */
export function page(state: State, words: Words, dark: boolean, act: Actions): TemplateResult {
  return html`
    <a class="skip" href="#map" @click=${(e: Event) => {
      e.preventDefault();
      act.skip();
    }}>${words.skip}</a>
    <main id="map" class="map" tabindex="-1" aria-label=${words.mapLabel}></main>
    <div class=${state.inspected ? 'overlay inspecting' : 'overlay'}>
      <div class="left">
        ${brand(state, words, act)}
        ${layerPanel(state, words, dark, act.layers)}
      </div>
      ${noticeList(state.notices, words, act.dismiss)}
      ${controls(state, words, act.controls)}
      ${state.inspected ? inspector(state.inspected, state, words, act.inspector) : nothing}
      <div class="bottom">
        ${footer(state)}
        ${timeBar(state, Date.now(), words, act.time)}
      </div>
    </div>`;
}

function brand(state: State, words: Words, act: Actions): TemplateResult {
  const themes: Record<Theme, string> = {auto: words.themeAuto, light: words.themeLight, dark: words.themeDark};
  return html`
    <header class="card brand">
      <button class="icon" aria-expanded=${state.panel ? 'true' : 'false'} aria-label=${words.panel} title=${words.panel}
        @click=${() => act.panel(!state.panel)}>${icons.layers}</button>
      <h1 title=${words.tagline}>${words.appName}</h1>
      <button class="icon" aria-label=${themes[state.theme]} title=${themes[state.theme]} @click=${() => act.theme()}>${icons.theme}</button>
      <button class="quiet" lang=${state.lang === 'zh' ? 'en' : 'zh-CN'} aria-label=${words.languageLabel} title=${words.languageLabel}
        @click=${() => act.lang()}>${words.language}</button>
    </header>`;
}
