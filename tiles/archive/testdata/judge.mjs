// Reads a PMTiles archive with the reader of its authors and says what it finds:
// node judge.mjs MODULES ARCHIVE, with lines "z x y" of tiles to look at on the input.
import { createRequire } from "node:module";
import { open } from "node:fs/promises";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [modules, archive] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const { PMTiles } = await load("pmtiles");
const { VectorTile } = await load("@mapbox/vector-tile");
const { PbfReader, default: Pbf } = await load("pbf");
const Reader = PbfReader ?? Pbf;

const file = await open(archive);
const source = {
  getKey: () => archive,
  getBytes: async (offset, length) => {
    const buffer = new Uint8Array(length);
    const { bytesRead } = await file.read(buffer, 0, length, offset);
    return { data: buffer.buffer.slice(0, bytesRead) };
  },
};
const tiles = new PMTiles(source);
const out = { header: await tiles.getHeader(), metadata: await tiles.getMetadata(), tiles: {} };
for await (const line of createInterface({ input: process.stdin })) {
  const [z, x, y] = line.split(" ").map(Number);
  const found = await tiles.getZxy(z, x, y);
  if (!found) continue;
  const layers = {};
  for (const [name, layer] of Object.entries(new VectorTile(new Reader(new Uint8Array(found.data))).layers)) {
    layers[name] = [];
    for (let i = 0; i < layer.length; i++) {
      const feature = layer.feature(i);
      feature.loadGeometry();
      layers[name].push(feature.id);
    }
  }
  out.tiles[`${z}/${x}/${y}`] = layers;
}
await file.close();
console.log(JSON.stringify(out));
