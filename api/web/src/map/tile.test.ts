import {readFileSync} from 'node:fs';

import {VectorTile} from '@mapbox/vector-tile';
import {PbfReader} from 'pbf';
import {describe, expect, test} from 'vitest';

// Tiles of shikong's encoder as the decoder of MapLibre reads them, beside what its own decoder reads:
// both are written by `make bless`, from tiles/vector/golden_test.go.
const testdata = new URL('../../../../tiles/vector/testdata/', import.meta.url);
const polygon = 3;

interface Feature {
  id?: number;
  type: number;
  properties: Record<string, unknown>;
  parts: [number, number][][];
}

function decode(name: string) {
  const tile = new VectorTile(new PbfReader(readFileSync(new URL(`${name}.mvt`, testdata))));
  return Object.entries(tile.layers).map(([layer, l]) => {
    const features: Feature[] = [];
    for (let i = 0; i < l.length; i++) {
      const f = l.feature(i);
      const parts = f.loadGeometry().map((part) => part.map((p): [number, number] => [p.x, p.y]));
      if (f.type === polygon) {
        for (const ring of parts) {
          expect(ring.pop()).toEqual(ring[0]); // closed here, open there
        }
      }
      const points = f.type === 1 ? parts.flat().map((p) => [p]) : parts; // a part each there
      features.push({...(f.id ? {id: f.id} : {}), type: f.type, properties: {...f.properties}, parts: points});
    }
    return {layer, features};
  });
}

describe('a decoder of another house reads the same', () => {
  for (const name of ['whole', 'merged']) {
    test(name, () => {
      const want = JSON.parse(readFileSync(new URL(`${name}_out.json`, testdata), 'utf8')) as {features: Feature[]};
      expect(want.features.length).toBeGreaterThan(10);
      expect(decode(name)).toEqual([want]);
    });
  }
});
