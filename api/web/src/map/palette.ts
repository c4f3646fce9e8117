// Colours of the map that are not of a kind of thing.

/** The ground colours of a theme. */
export interface Palette {
  land: string;
  sky: string;
  horizon: string;
  fog: string;
  label: string;
  labelHalo: string;
  labelWater: string;
  edge: string;
  roadCase: string;
  selected: string;
  hover: string;
  /** Buildings of no known use by height in metres. */
  heights: readonly (readonly [metres: number, colour: string])[];
  pointEdge: string;
}

/** paletteOf returns the colours for the light or the dark theme. */
export function paletteOf(dark: boolean): Palette {
  return dark ? DARK : LIGHT;
}

const LIGHT: Palette = {
  land: '#f4f2ec', sky: '#cfdbe0', horizon: '#eceeea', fog: '#f4f2ec',
  label: '#3f3d39', labelHalo: '#f8f6f1', labelWater: '#3d6a7c', edge: '#b9b2a3', roadCase: '#d3ccbd',
  selected: '#e2661a', hover: '#f3b267',
  heights: [[0, '#e6dfd3'], [20, '#d9cfbe'], [60, '#c4b6a0'], [150, '#a89880'], [300, '#877865']],
  pointEdge: '#fdfcf9',
};

const DARK: Palette = {
  land: '#15181b', sky: '#0d1013', horizon: '#1a1f24', fog: '#15181b',
  label: '#c4c6c8', labelHalo: '#14171a', labelWater: '#7fb0c2', edge: '#4a4f55', roadCase: '#1c2024',
  selected: '#ff9a4d', hover: '#c98a52',
  heights: [[0, '#3a3835'], [20, '#4a4640'], [60, '#615a50'], [150, '#7d7365'], [300, '#a09484']],
  pointEdge: '#15181b',
};
