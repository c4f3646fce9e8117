// What the page knows, and what it shows of it.

import type {Collection, Feature, Tiles} from './api';
import type {Selection, View} from './hash';
import type {Lang} from './i18n';
import type {Row} from './map/legend';
import type {Moment, Span, Step} from './time';

/** A collection in the catalogue. */
export interface Entry {
  collection: Collection;
  tiles?: Tiles;
  visible: boolean;
  /** 0 < opacity ≤ 1. */
  opacity: number;
  /** Its legend and opacity are unfolded. */
  open: boolean;
  legend: Row[];
}

/** Light, dark, or as the system has it. */
export type Theme = 'auto' | 'light' | 'dark';

/** A message to the reader that stays until it is dismissed or no longer true. */
export interface Notice {
  /** A second notice of the same key takes the place of the first. */
  key: string;
  kind: 'error' | 'info';
  text: string;
  retry?: () => void;
}

/** The feature being inspected. */
export interface Inspected {
  selection: Selection;
  feature?: Feature;
  /** The feature did not stand at the moment shown; what is shown is another time of it. */
  elsewhen?: boolean;
  loading: boolean;
  problem?: string;
}

/** Everything that the page is drawn from. */
export interface State {
  lang: Lang;
  theme: Theme;
  entries: Entry[];
  /** The list of collections has been read. */
  listed: boolean;
  moment: Moment;
  /** The text in the date field while it is being typed. */
  typed?: string;
  /** All time that the collections reach over. */
  span: Span;
  years: number;
  step: Step;
  playing: boolean;
  underground: boolean;
  view: View;
  inspected?: Inspected;
  notices: Notice[];
  /** The layer panel is shown; on small screens it covers the map. */
  panel: boolean;
  copied: '' | 'copied' | 'notCopied';
}
