// Judges styles with the library of their authors: node style.mjs MODULES, with a JSON value
// {styles: {name: style}, asks: [{style, layer, key, properties}]} on the input. Says what is
// wrong with each style, and what each expression of a property or filter gives.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { readFileSync } from "node:fs";

const require = createRequire(`${process.argv[2]}/`);
const spec = await import(pathToFileURL(require.resolve("@maplibre/maplibre-gl-style-spec")).href);
const { styles, asks } = JSON.parse(readFileSync(0, "utf8"));

const errors = {};
for (const [name, style] of Object.entries(styles)) errors[name] = spec.validateStyleMin(style).map((e) => e.message);

const values = asks.map(({ style, layer, key, properties, type }) => {
  const found = styles[style].layers.find((l) => l.id === layer);
  const feature = { type, properties };
  if (key === "filter") return spec.featureFilter(found.filter, "layers[0].filter").filter({ zoom: 15 }, feature);
  const where = key in found.paint ? "paint" : "layout";
  const made = spec.createExpression(found[where][key], `layers[0].${where}.${key}`, spec.latest[`${where}_${found.type}`][key]);
  if (made.result === "error") return String(made.value);
  const value = made.value.evaluate({ zoom: 15 }, feature);
  return key === "text-field" ? String(value) : value;
});
console.log(JSON.stringify({ errors, values }));
