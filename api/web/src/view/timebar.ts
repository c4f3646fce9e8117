import {html, nothing} from 'lit';
import type {TemplateResult} from 'lit';
import {live} from 'lit/directives/live.js';
import {styleMap} from 'lit/directives/style-map.js';

import type {Words} from '../i18n';
import type {State} from '../state';
import {DAY, formatDate, formatMoment, lengthsOf, move, parseMoment, startOfDay, ticks, windowOf} from '../time';
import type {Moment, Span, Step} from '../time';
import {icons} from './icons';

/** What the time bar can be told to do. */
export interface TimeActions {
  moment(m: Moment): void;
  typing(text: string | undefined): void;
  play(on: boolean): void;
  step(s: Step): void;
  years(n: number): void;
}

const MARKS = 12;
const STEPS: readonly Step[] = ['day', 'month', 'year'];

/** timeBar shows the moment that the map shows, always, and moves it. */
export function timeBar(state: State, now: number, words: Words, act: TimeActions): TemplateResult {
  const span = windowOf(state.span, state.years, state.moment);
  const at = state.moment ?? now;
  const text = state.typed ?? formatMoment(state.moment ?? startOfDay(now));
  const bad = state.typed !== undefined && parseMoment(state.typed) === undefined;
  return html`
    <section class="card timebar" aria-label=${words.time}>
      <button class="icon play" aria-label=${state.playing ? words.pause : words.play} title=${state.playing ? words.pause : words.play}
        @click=${() => act.play(!state.playing)}>${state.playing ? icons.pause : icons.play}</button>
      <form class="moment" @submit=${(e: Event) => submit(e, state, act)}>
        <input type="text" name="moment" autocomplete="off" spellcheck="false" size="10" aria-label=${words.timeOf} title=${words.typeDate}
          aria-invalid=${bad ? 'true' : 'false'} aria-describedby="moment-error" .value=${live(text)}
          @input=${(e: Event) => act.typing((e.target as HTMLInputElement).value)} @blur=${(e: Event) => submit(e, state, act)}
          @keydown=${(e: KeyboardEvent) => e.key === 'Escape' && act.typing(undefined)}>
        <button type="button" class=${state.moment === null ? 'now on' : 'now'} aria-pressed=${state.moment === null ? 'true' : 'false'} title=${words.toNow}
          @click=${() => act.moment(null)}>${words.now}</button>
        <span id="moment-error" class="bad" role="alert">${bad ? words.badDate : nothing}</span>
      </form>
      ${slider(span, at, state, words, act)}
      <label class="pick"><span>${words.step}</span>
        <select aria-label=${words.step} @change=${(e: Event) => act.step((e.target as HTMLSelectElement).value as Step)}>
          ${STEPS.map((s) => html`<option value=${s} ?selected=${s === state.step}>${words[s]}</option>`)}
        </select></label>
      ${lengths(state, words, act)}
    </section>`;
}

/** lengths chooses how much of the time is on the slider, where there is a choice. */
function lengths(state: State, words: Words, act: TimeActions): TemplateResult | typeof nothing {
  const all = lengthsOf(state.span);
  if (all.length < 2) return nothing;
  const chosen = all.includes(state.years) ? state.years : 0;
  return html`<label class="pick"><span>${words.range}</span>
    <select aria-label=${words.range} @change=${(e: Event) => act.years(Number((e.target as HTMLSelectElement).value))}>
      ${all.map((y) => html`<option value=${y} ?selected=${y === chosen}>${y === 0 ? words.whole : words.years(y)}</option>`)}
    </select></label>`;
}

function submit(e: Event, state: State, act: TimeActions): void {
  e.preventDefault();
  if (state.typed === undefined) return;
  const m = parseMoment(state.typed);
  if (m !== undefined) act.moment(m);
}

function slider(span: Span, at: number, state: State, words: Words, act: TimeActions): TemplateResult {
  const days = Math.max(1, Math.ceil((span.end - span.start) / DAY));
  const value = Math.min(days, Math.max(0, Math.round((at - span.start) / DAY)));
  const to = (n: number) => act.moment(n >= days && span.end === state.span.end ? null : span.start + n * DAY);
  const key = (e: KeyboardEvent) => {
    const by = {ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10}[e.key];
    if (by === undefined) return;
    e.preventDefault();
    const next = move(at, state.step, by);
    act.moment(next >= span.end && span.end === state.span.end ? null : Math.max(span.start, Math.min(next, span.end)));
  };
  return html`
    <div class="slider">
      <input type="range" min="0" max=${days} step="1" .value=${live(String(value))} aria-label=${words.slider} aria-valuetext=${formatDate(at)}
        @input=${(e: Event) => to(Number((e.target as HTMLInputElement).value))} @keydown=${key}>
      <div class="ticks" aria-hidden="true">
        ${ticks(span, MARKS).map((t) => ({label: t.label, at: ((t.at - span.start) / (span.end - span.start)) * 100})).filter((t) => t.at > 1.5 && t.at < 98.5)
          .map((t) => html`<span style=${styleMap({left: `${t.at.toFixed(2)}%`})}>${t.label}</span>`)}
      </div>
    </div>`;
}
