import {svg} from 'lit';
import type {SVGTemplateResult} from 'lit';

const icon = (body: SVGTemplateResult) => svg`<svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true" focusable="false"
  fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round">${body}</svg>`;

/** icons are drawn in the colour of the text. */
export const icons = {
  eye: icon(svg`<path d="M2 10s3-5.5 8-5.5S18 10 18 10s-3 5.5-8 5.5S2 10 2 10z"/><circle cx="10" cy="10" r="2.4"/>`),
  eyeOff: icon(svg`<path d="M3 3l14 14M8.2 5A8 8 0 0 1 10 4.500C15 4.500 18 10 18 10a14 14 0 0 1-2.400 3M12 15.200A8 8 0 0 1 10 15.500C5 15.500 2 10 2 10a14 14 0 0 1 3.300-3.700"/>`),
  focus: icon(svg`<path d="M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4"/><circle cx="10" cy="10" r="2"/>`),
  chevron: icon(svg`<path d="M5 8l5 5 5-5"/>`),
  plus: icon(svg`<path d="M10 4v12M4 10h12"/>`),
  minus: icon(svg`<path d="M4 10h12"/>`),
  compass: icon(svg`<path d="M10 2.500l3 7.500h-6z" fill="currentColor"/><path d="M10 17.500l3-7.500h-6z"/>`),
  tilt: icon(svg`<path d="M10 3l6.500 3.500v7L10 17l-6.500-3.500v-7zM10 10l6.500-3.500M10 10v7M10 10L3.500 6.500"/>`),
  flat: icon(svg`<path d="M3 5.500l4.500-2 5 2 4.500-2v11l-4.500 2-5-2-4.500 2zM7.500 3.500v11M12.500 5.500v11"/>`),
  home: icon(svg`<path d="M3 9.500L10 3.500l7 6M5 8.500V16.500h10V8.500"/>`),
  below: icon(svg`<path d="M2.500 7h15M5 7V3.500h4V7M12 7V5h3v2"/><path d="M2.500 11.500h15M2.500 16h15" stroke-dasharray="2.500 2"/>`),
  theme: icon(svg`<circle cx="10" cy="10" r="6.500"/><path d="M10 3.500a6.500 6.500 0 0 1 0 13z" fill="currentColor"/>`),
  layers: icon(svg`<path d="M10 3l7.500 4L10 11 2.500 7zM2.500 10.500L10 14.500l7.500-4M2.500 13.800L10 17.500l7.500-3.700"/>`),
  play: icon(svg`<path d="M6 4l10 6-10 6z" fill="currentColor"/>`),
  pause: icon(svg`<path d="M6.500 4v12M13.500 4v12" stroke-width="2.600"/>`),
  close: icon(svg`<path d="M5 5l10 10M15 5L5 15"/>`),
  copy: icon(svg`<rect x="7" y="7" width="9.500" height="9.500" rx="1.500"/><path d="M13 7V4.500A1 1 0 0 0 12 3.500H4.500a1 1 0 0 0-1 1V12a1 1 0 0 0 1 1H7"/>`),
  json: icon(svg`<path d="M7.500 3.500H6a2 2 0 0 0-2 2V8a2 2 0 0 1-1.500 2A2 2 0 0 1 4 12v2.500a2 2 0 0 0 2 2h1.500M12.500 3.500H14a2 2 0 0 1 2 2V8a2 2 0 0 0 1.500 2A2 2 0 0 0 16 12v2.500a2 2 0 0 1-2 2h-1.500"/>`),
};
