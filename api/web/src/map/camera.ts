// Where to look from so that a box fills the space that panels leave.

import type {Bounds} from '../api';

/** Space that panels cover, in pixels. */
export interface Padding {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

/** A look at the middle of a box. */
export interface Camera {
  center: [lon: number, lat: number];
  zoom: number;
}

const rad = Math.PI / 180;
const mercator = (lat: number) => Math.log(Math.tan(Math.PI / 4 + (Math.max(-85, Math.min(85, lat)) * rad) / 2)) / (2 * Math.PI);
const TILE = 512; // pixels of the world at zoom 0
const DEEPEST = 18;

/**
 * cameraFor looks at the box in a window of width × height pixels. A tilted map shows the box
 * foreshortened, nearer parts larger: MapLibre's own fitBounds leaves that out and stays far away.
 */
export function cameraFor(
  box: Bounds, size: {width: number; height: number}, padding: Padding, turn: {bearing: number; pitch: number},
): Camera {
  const [west, south, east, north] = box;
  const [low, high] = [mercator(south), mercator(north)];
  const [w, h] = [Math.max((east - west) / 360, 1e-7), Math.max(high - low, 1e-7)];
  const [cos, sin] = [Math.abs(Math.cos(turn.bearing * rad)), Math.abs(Math.sin(turn.bearing * rad))];
  const across = w * cos + h * sin;
  const along = (w * sin + h * cos) * Math.cos(turn.pitch * rad);
  const nearer = 1 + 0.1 * Math.sin(turn.pitch * rad);
  const room = (n: number) => Math.max(n, 80);
  const scale = Math.min(
    room(size.width - padding.left - padding.right) / (across * nearer),
    room(size.height - padding.top - padding.bottom) / (along * nearer),
  );
  const middle = (Math.atan(Math.exp(((low + high) / 2) * 2 * Math.PI)) * 2 - Math.PI / 2) / rad;
  return {center: [(west + east) / 2, middle], zoom: Math.max(0, Math.min(DEEPEST, Math.log2(scale / TILE)))};
}
