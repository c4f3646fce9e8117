// The page: keeps the state, asks the server, and tells the map and the panels.

import {LitElement} from 'lit';
import type {TemplateResult} from 'lit';

import * as api from './api';
import {Problem} from './api';
import {copyText, inQuiet, storeTheme, storedTheme} from './browser';
import {Busy} from './busy';
import {failure, reason} from './failure';
import {formatHash, parseHash} from './hash';
import type {Link, Selection, View} from './hash';
import {dictionaries, langOf} from './i18n';
import type {Words} from './i18n';
import {linkOf, withLayers} from './link';
import {listen} from './live';
import {Board} from './map/board';
import type {Layer} from './map/board';
import type {Padding} from './map/camera';
import {legendOf} from './map/legend';
import type {Look} from './map/style';
import type {Entry, Notice, State, Theme} from './state';
import {titleIn} from './title';
import {spanOf, stepFor, windowOf, move} from './time';
import type {Moment} from './time';
import {page} from './view/page';
import type {Actions} from './view/page';

const START: View = {zoom: 3, lat: 30, lon: 110, bearing: 0, pitch: 0};
const TILT = 50; // degrees, of the first look and of the 3D button
const TURN = -18;
const SMALL = 760; // pixels of width below which panels cover the map
const CALM = 120; // milliseconds that the moment rests before its feature is read
const ADDRESS = 400; // milliseconds between two changes of the address; browsers refuse more than 100 in 30 s
const BEAT = 350; // milliseconds that the player stays at a moment at least

/** App is the page in an element without a shadow, so that one style sheet serves all. */
export class App extends LitElement {
  private state: State = {
    lang: 'zh', theme: 'auto', entries: [], listed: false, moment: null, span: spanOf([], Date.now()), years: 50, step: 'year',
    playing: false, underground: false, view: START, notices: [], panel: true, copied: '',
  };
  private board?: Board;
  private link: Link = {};
  private chosenLang = false;
  private stepChosen = false;
  private asked?: AbortController;
  private readonly busy = new Busy();
  private hashTimer?: ReturnType<typeof setTimeout>;
  private legendsDue = new Set<string>();
  private news = new Set<string>();
  private started = performance.now();
  private firstPicture?: number;
  private stopListening?: () => void;
  private systemDark = matchMedia('(prefers-color-scheme: dark)');

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.link = parseHash(location.hash);
    this.chosenLang = this.link.lang !== undefined;
    this.state = {
      ...this.state,
      lang: langOf(this.link.lang, navigator.languages),
      theme: storedTheme(),
      moment: this.link.moment ?? null,
      underground: this.link.underground ?? false,
      view: this.link.view ?? START,
      panel: innerWidth >= SMALL,
    };
    addEventListener('hashchange', this.hashChanged);
    addEventListener('keydown', this.key);
    this.systemDark.addEventListener('change', this.restyle);
    this.expose();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('hashchange', this.hashChanged);
    removeEventListener('keydown', this.key);
    this.systemDark.removeEventListener('change', this.restyle);
    this.stopListening?.();
    this.board?.destroy();
  }

  protected override firstUpdated(): void {
    const container = this.querySelector<HTMLElement>('.map');
    if (!container) return;
    try {
      this.board = new Board(container, this.state.view, this.look(), this.words.mapLabel, {
        moved: (view) => this.moved(view),
        picked: (hit) => this.pick(hit),
        failed: (collection, why) => void this.tileFailed(collection, why),
        idle: () => this.idled(),
      });
    } catch (why) {
      this.notify({key: 'map', kind: 'error', text: this.words.mapFailed(reason(why, this.words))});
    }
    this.board?.setMoment(this.state.moment);
    void this.load();
    this.stopListening = listen({
      change: (c) => this.changed(c.collection),
      connected: (yes) => this.connected(yes),
    }, () => new EventSource(`${api.base()}events`));
  }

  private get words(): Words {
    return dictionaries[this.state.lang];
  }

  private get dark(): boolean {
    return this.state.theme === 'auto' ? this.systemDark.matches : this.state.theme === 'dark';
  }

  private look(): Look {
    return {dark: this.dark, lang: this.state.lang, underground: this.state.underground, plan: this.state.view.pitch < 1};
  }

  private set(patch: Partial<State>): void {
    this.state = {...this.state, ...patch};
    this.requestUpdate();
    this.saveHash();
  }

  private entry(id: string, patch: Partial<Entry>): void {
    this.set({entries: this.state.entries.map((e) => (e.collection.id === id ? {...e, ...patch} : e))});
  }

  // ---- collections

  /**
   * load reads the list of collections and opens those that are new or have changed; the others
   * keep how they are shown.
   */
  private async load(changed: ReadonlySet<string> = new Set()): Promise<void> {
    await this.busy.during(async () => {
      let list: api.Collection[];
      try {
        list = await api.collections();
      } catch (why) {
        this.notify({key: 'list', kind: 'error', text: this.words.listFailed(reason(why, this.words)), retry: () => void this.load()});
        return;
      }
      this.dismiss('list');
      const before = new Map(this.state.entries.map((e) => [e.collection.id, e]));
      const first = !this.state.listed;
      const entries = list.map((c): Entry => {
        const old = before.get(c.id);
        if (old) return {...old, collection: c};
        const opacity = this.link.layers?.get(c.id);
        const hidden = first && this.link.layers !== undefined && opacity === undefined;
        return {collection: c, visible: !hidden, opacity: opacity ?? 1, open: false, legend: []};
      });
      const span = spanOf(entries.map((e) => e.collection.time), Date.now());
      const step = this.stepChosen ? this.state.step : stepFor(windowOf(span, this.state.years, this.state.moment));
      this.set({entries, listed: true, span, step});
      if (first && !this.link.view) this.home(false);
      await Promise.all(entries.filter((e) => !e.tiles || changed.has(e.collection.id)).map((e) => this.open(e.collection.id)));
      this.redraw();
      this.legendsDue = new Set(entries.map((e) => e.collection.id));
      if (first && this.link.selection) this.pick(this.link.selection);
    });
  }

  /** open reads how the tiles of a collection are made; without that it cannot be drawn. */
  private async open(id: string): Promise<void> {
    const key = `layer:${id}`;
    try {
      this.entry(id, {tiles: await api.tiles(id)});
      this.dismiss(key);
    } catch (why) {
      const retry = () => void this.busy.during(() => this.open(id)).then(() => this.redraw());
      this.notify({key, kind: 'error', text: this.words.layerFailed(this.nameOf(id), reason(why, this.words)), retry});
    }
  }

  /** changed shows what an import did: new features, new properties, a new collection. */
  private changed(id: string): void {
    this.news.add(id);
    if (this.news.size === 1) void this.busy.during(() => this.catchUp());
  }

  /** catchUp reads what has changed; changes that come meanwhile wait for the next round. */
  private async catchUp(): Promise<void> {
    while (this.news.size > 0) {
      const news = new Set(this.news);
      await this.load(news);
      for (const id of news) {
        this.news.delete(id);
        this.board?.refresh(id);
        this.legendsDue.add(id);
      }
      const of = this.state.inspected;
      if (of && news.has(of.selection.collection)) await this.inspect(of.selection);
    }
  }

  private connected(yes: boolean): void {
    const lost = this.state.notices.some((n) => n.key === 'events');
    if (!yes) this.notify({key: 'events', kind: 'error', text: this.words.connectionLost});
    if (!yes || !lost) return;
    this.dismiss('events');
    this.board?.refresh(); // whatever happened in between, and tiles that failed
    void this.load();
  }

  private nameOf(id: string): string {
    return titleIn(this.state.entries.find((e) => e.collection.id === id)?.collection.title ?? id, this.state.lang);
  }

  private redraw(): void {
    const layers = this.state.entries.flatMap((e, order): Layer[] => {
      if (!e.tiles) return [];
      const bounds = e.tiles.bounds ?? e.collection.bounds;
      return [{
        id: e.collection.id, fields: e.tiles.fields, order, visible: e.visible, opacity: e.opacity, minzoom: e.tiles.minzoom, maxzoom: e.tiles.maxzoom,
        lat: bounds ? (bounds[1] + bounds[3]) / 2 : 0, ...(bounds ? {bounds} : {}),
      }];
    });
    this.board?.show(layers, this.look());
  }

  // ---- map

  private padding(): Padding {
    const small = innerWidth < SMALL;
    const reach = (selector: string) => this.querySelector(selector)?.getBoundingClientRect();
    const bottom = 24 + (reach('.timebar')?.height ?? 0);
    if (small) return {top: 70, right: 20, bottom: bottom + 20, left: 20};
    return {top: 30, right: 30 + (reach('.inspector')?.width ?? 40), bottom: bottom + 30, left: 30 + (reach('.left')?.width ?? 0)};
  }

  private home(animate: boolean): void {
    const bounds = api.startBounds(this.state.entries.map((e) => e.collection));
    if (bounds) this.board?.fit(bounds, this.padding(), {pitch: TILT, bearing: TURN, animate});
  }

  private moved(view: View): void {
    const plan = this.look().plan;
    this.set({view});
    if (plan !== this.look().plan) this.redraw();
    this.legendsDue = new Set(this.state.entries.map((e) => e.collection.id));
  }

  private idled(): void {
    this.firstPicture ??= this.state.listed && this.state.entries.some((e) => e.tiles) ? performance.now() - this.started : undefined;
    for (const e of this.state.entries) if (!this.board?.broken(e.collection.id)) this.dismiss(`tiles:${e.collection.id}`);
    if (this.legendsDue.size > 0) inQuiet(() => this.legends());
  }

  /** legends counts what is in view; it waits for a quiet moment. */
  private legends(): void {
    const {board} = this;
    if (!board || this.state.playing || this.legendsDue.size === 0 || !board.settled()) return;
    const entries = this.state.entries.map((e) => {
      const {id} = e.collection;
      if (!this.legendsDue.has(id) || !e.tiles || !e.visible) return e;
      const samples = {Polygon: board.samples(id, 'Polygon'), LineString: board.samples(id, 'LineString'), Point: board.samples(id, 'Point')};
      return {...e, legend: legendOf(samples, e.tiles.fields, this.state.entries.indexOf(e), this.dark)};
    });
    this.legendsDue = new Set(entries.filter((e) => !e.tiles && this.legendsDue.has(e.collection.id)).map((e) => e.collection.id));
    this.state = {...this.state, entries};
    this.requestUpdate();
  }

  private async tileFailed(collection: string, why: unknown): Promise<void> {
    const text = await failure(why, this.words);
    if (!this.state.entries.some((e) => e.collection.id === collection)) {
      this.notify({key: 'map', kind: 'error', text: this.words.mapFailed(text)});
      return;
    }
    this.notify({key: `tiles:${collection}`, kind: 'error', text: this.words.tilesFailed(this.nameOf(collection), text),
      retry: () => this.board?.refresh(collection)});
  }

  // ---- selection

  private pick(hit: Selection | undefined): void {
    this.board?.select(hit);
    if (!hit) {
      this.asked?.abort();
      this.set({inspected: undefined});
      return;
    }
    this.set({inspected: {selection: hit, loading: true}, copied: '', panel: this.state.panel && innerWidth >= SMALL});
    void this.inspect(hit);
  }

  /** inspect reads a feature as it was at the moment shown, or else as it is at another time. */
  private async inspect(selection: Selection, wait = 0): Promise<void> {
    this.asked?.abort();
    const asked = new AbortController();
    this.asked = asked;
    const {moment} = this.state;
    const read = (at: Moment) => api.feature(selection.collection, selection.id, at, asked.signal);
    await this.busy.during(async () => {
      if (wait > 0) await new Promise((done) => setTimeout(done, wait));
      if (asked.signal.aborted) return;
      try {
        const [feature, elsewhen] = await read(moment).then((f) => [f, false] as const, async (why: unknown) => {
          if (moment === null || !(why instanceof Problem) || why.status !== 404) throw why;
          return [await read(null), true] as const;
        });
        if (!asked.signal.aborted) this.set({inspected: {selection, feature, elsewhen, loading: false}});
      } catch (why) {
        if (asked.signal.aborted) return;
        const gone = why instanceof Problem && why.status === 404;
        const problem = gone ? this.words.notAtAll : this.words.featureFailed(reason(why, this.words));
        this.set({inspected: {selection, loading: false, problem}});
      }
    });
  }

  private async copy(text: string): Promise<void> {
    const copied = await copyText(text).then(() => 'copied' as const, () => 'notCopied' as const);
    this.set({copied});
  }

  // ---- time

  private setMoment(moment: Moment): void {
    this.set({moment, typed: undefined});
    this.board?.setMoment(moment);
    this.legendsDue = new Set(this.state.entries.map((e) => e.collection.id));
    const of = this.state.inspected;
    if (of) void this.inspect(of.selection, CALM);
  }

  private async play(on: boolean): Promise<void> {
    if (on === this.state.playing) return;
    this.set({playing: on});
    const span = windowOf(this.state.span, this.state.years, this.state.moment);
    let at = this.state.moment ?? span.start;
    if (on && this.state.moment === null) this.setMoment(at);
    while (this.state.playing && this.board) {
      await Promise.all([this.board.idle(), new Promise((done) => setTimeout(done, BEAT))]);
      if (!this.state.playing) return;
      at = move(this.state.moment ?? at, this.state.step, 1);
      if (at >= span.end) {
        this.set({playing: false});
        this.setMoment(span.end === this.state.span.end ? null : span.end);
        this.legends();
        return;
      }
      this.setMoment(at);
    }
  }

  // ---- notices, address, look

  private notify(n: Notice): void {
    this.set({notices: [...this.state.notices.filter((o) => o.key !== n.key), n]});
  }

  private dismiss(key: string): void {
    if (this.state.notices.some((n) => n.key === key)) this.set({notices: this.state.notices.filter((n) => n.key !== key)});
  }

  private saveHash(): void {
    if (!this.state.listed || this.hashTimer !== undefined) return;
    this.hashTimer = setTimeout(() => {
      this.hashTimer = undefined;
      history.replaceState(null, '', formatHash(linkOf(this.state, this.chosenLang)));
    }, ADDRESS);
  }

  private hashChanged = (): void => {
    const link = parseHash(location.hash);
    this.chosenLang = link.lang !== undefined;
    this.set({entries: withLayers(this.state.entries, link), lang: langOf(link.lang, navigator.languages), underground: link.underground ?? false});
    if (link.view) this.board?.map.jumpTo({center: [link.view.lon, link.view.lat], ...link.view});
    this.setMoment(link.moment ?? null);
    this.pick(link.selection);
    this.redraw();
  };

  private key = (e: KeyboardEvent): void => {
    if (e.key === 'Escape' && this.state.inspected && !(e.target instanceof HTMLInputElement)) this.pick(undefined);
  };

  private restyle = (): void => {
    this.requestUpdate();
    this.redraw();
    this.legendsDue = new Set(this.state.entries.map((e) => e.collection.id));
  };

  private nextTheme(): void {
    const next: Record<Theme, Theme> = {auto: 'light', light: 'dark', dark: 'auto'};
    this.set({theme: next[this.state.theme]});
    storeTheme(this.state.theme);
    this.restyle();
  }

  private switchLang(): void {
    this.chosenLang = true;
    this.set({lang: this.state.lang === 'zh' ? 'en' : 'zh'});
    this.board?.map.getCanvas().setAttribute('aria-label', this.words.mapLabel);
    this.redraw();
  }

  private setVisible(match: (e: Entry) => boolean, visible: (e: Entry) => boolean): void {
    this.set({entries: this.state.entries.map((e) => (match(e) ? {...e, visible: visible(e)} : e))});
    this.legendsDue = new Set(this.state.entries.map((e) => e.collection.id));
    this.redraw();
  }

  // ---- for tests and the console

  /** idle resolves once all answers are there, drawn, and shown in the panels. */
  private async idle(): Promise<void> {
    for (;;) {
      await this.busy.over();
      await this.board?.idle();
      if (!this.state.playing) this.legends();
      await this.updateComplete;
      if (!this.busy.now && (this.board?.settled() ?? true)) return;
    }
  }

  private expose(): void {
    Object.assign(window, {__shikong: {
      idle: () => this.idle(),
      pick: (x: number, y: number) => this.board?.pick(x, y),
      project: (lon: number, lat: number) => this.board?.map.project([lon, lat]),
      ids: (collection: string) => [...(this.board?.features(collection) ?? [])],
      stats: () => ({
        firstPicture: this.firstPicture,
        features: Object.fromEntries(this.state.entries.map((e) => [e.collection.id, e.visible ? (this.board?.features(e.collection.id).size ?? 0) : 0])),
      }),
    }});
  }

  // ---- drawing

  protected override render(): TemplateResult {
    const {state, words} = this;
    document.documentElement.lang = state.lang === 'zh' ? 'zh-CN' : 'en';
    document.documentElement.dataset['theme'] = this.dark ? 'dark' : 'light';
    return page(state, words, this.dark, this.actions);
  }

  private readonly actions: Actions = {
    skip: () => this.board?.map.getCanvas().focus(),
    panel: (panel) => this.set({panel}),
    theme: () => this.nextTheme(),
    lang: () => this.switchLang(),
    dismiss: (key) => this.dismiss(key),
    layers: {
      toggle: (id) => this.setVisible((e) => e.collection.id === id, (e) => !e.visible),
      toggleAll: (visible) => this.setVisible(() => true, () => visible),
      opacity: (id, value) => {
        this.entry(id, {opacity: value});
        this.redraw();
      },
      unfold: (id) => this.entry(id, {open: !this.state.entries.find((e) => e.collection.id === id)?.open}),
      zoomTo: (id) => this.zoomTo(this.state.entries.find((e) => e.collection.id === id)?.collection.bounds),
    },
    controls: {
      zoom: (by) => (by > 0 ? this.board?.map.zoomIn() : this.board?.map.zoomOut()),
      north: () => this.board?.map.easeTo({bearing: 0}),
      tilt: (on) => this.board?.map.easeTo(on ? {pitch: TILT} : {pitch: 0, bearing: 0}),
      fit: () => this.home(true),
      underground: (underground) => {
        this.set({underground});
        this.redraw();
      },
    },
    inspector: {
      close: () => this.pick(undefined),
      copy: (text) => void this.copy(text),
      zoomTo: () => this.zoomTo(this.state.inspected?.feature?.bounds),
    },
    time: {
      moment: (m) => {
        this.set({playing: false});
        this.setMoment(m);
      },
      typing: (typed) => this.set({typed}),
      play: (on) => void this.play(on),
      step: (step) => {
        this.stepChosen = true;
        this.set({step});
      },
      years: (years) => this.set({years, step: this.stepChosen ? this.state.step : stepFor(windowOf(this.state.span, years, this.state.moment))}),
    },
  };

  private zoomTo(bounds: api.Bounds | undefined): void {
    if (bounds) this.board?.fit(bounds, this.padding(), {animate: true});
  }
}
