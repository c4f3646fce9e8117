// What of the state a link carries, and back.

import type {Link} from './hash';
import type {Entry, State} from './state';

/** linkOf is the link that restores what is shown; what is as by default is left out. */
export function linkOf(state: Pick<State, 'view' | 'moment' | 'underground' | 'entries' | 'inspected' | 'lang'>, withLang: boolean): Link {
  const {entries, moment, inspected, underground, lang, view} = state;
  const standard = entries.every((e) => e.visible && e.opacity === 1);
  return {
    view, moment, underground,
    layers: standard ? undefined : new Map(entries.filter((e) => e.visible).map((e) => [e.collection.id, e.opacity])),
    selection: inspected?.selection,
    lang: withLang ? lang : undefined,
  };
}

/** withLayers shows the layers that a link names, or all when it names none. */
export function withLayers(entries: readonly Entry[], link: Link): Entry[] {
  return entries.map((e) => {
    if (!link.layers) return {...e, visible: true, opacity: 1};
    const opacity = link.layers.get(e.collection.id);
    return {...e, visible: opacity !== undefined, opacity: opacity ?? e.opacity};
  });
}
