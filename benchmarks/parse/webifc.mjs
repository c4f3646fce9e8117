// Reads GlobalId, name, type and all properties of every product with web-ifc, as main.go
// beside it does. Run it where web-ifc is installed: npm install web-ifc@0.0.78.
import { openSync, readSync, fstatSync } from 'node:fs';
import { createRequire } from 'node:module';
const require = createRequire(process.cwd() + '/');
const WebIFC = require('web-ifc');

const value = (v) => (v && typeof v === 'object' && 'value' in v ? v.value : v);
const refs = (v) => (Array.isArray(v) ? v : v ? [v] : []).filter((x) => x && x.type === 5).map((x) => x.value);

for (const path of process.argv.slice(2)) {
  try {
    await parse(path);
  } catch (err) {
    console.log(['web-ifc', path, 'failed: ' + err].join('\t'));
  }
}

async function parse(path) {
  const api = new WebIFC.IfcAPI();
  await api.Init();
  const start = performance.now();
  const before = process.cpuUsage();
  const fd = openSync(path);
  const size = fstatSync(fd).size;
  const model = api.OpenModelFromCallback((offset, n) => {
    const b = new Uint8Array(Math.max(0, Math.min(n, size - offset)));
    readSync(fd, b, 0, b.length, offset);
    return b;
  });
  const opened = performance.now();
  const sets = new Map(); // object → property sets
  const types = new Map(); // object → type
  const add = (map, key, v) => (map.get(key) ?? map.set(key, []).get(key)).push(v);
  const each = function* (type) {
    const ids = api.GetLineIDsWithType(model, type, true);
    for (let i = 0; i < ids.size(); i++) yield ids.get(i);
  };
  for (const id of each(WebIFC.IFCRELDEFINESBYPROPERTIES)) {
    const line = api.GetLine(model, id);
    for (const o of refs(line.RelatedObjects)) for (const s of refs(line.RelatingPropertyDefinition)) add(sets, o, s);
  }
  for (const id of each(WebIFC.IFCRELDEFINESBYTYPE)) {
    const line = api.GetLine(model, id);
    for (const o of refs(line.RelatedObjects)) types.set(o, refs(line.RelatingType)[0]);
  }
  const kept = new Map(); // property set → its properties, each read once
  const read = (id) => {
    if (kept.has(id)) return kept.get(id);
    const list = [];
    const line = api.GetLine(model, id);
    for (const p of [...refs(line?.HasProperties), ...refs(line?.Quantities)]) {
      const q = api.GetLine(model, p);
      list.push([value(q.Name), value(q.NominalValue ?? q.LengthValue ?? q.AreaValue ?? q.VolumeValue ?? q.CountValue ?? q.WeightValue ?? q.TimeValue)]);
    }
    kept.set(id, list);
    return list;
  };
  let products = 0, properties = 0, texts = 0;
  for (const id of each(WebIFC.IFCPRODUCT)) {
    const line = api.GetLine(model, id);
    products++;
    texts += (value(line.GlobalId) ?? '').length + (value(line.Name) ?? '').length + api.GetNameFromTypeCode(line.type).length;
    const all = sets.get(id) ?? [];
    const type = types.get(id);
    const inherited = type ? refs(api.GetLine(model, type).HasPropertySets) : [];
    for (const s of [...all, ...inherited]) {
      for (const [, v] of read(s)) {
        properties++;
        if (typeof v === 'string') texts += v.length;
      }
    }
  }
  const cpu = process.cpuUsage(before);
  console.log(['web-ifc', path, products + ' products', properties + ' properties', texts + ' bytes', 'open ' + ((opened - start) / 1e3).toFixed(3) + ' s',
    'all ' + ((performance.now() - start) / 1e3).toFixed(3) + ' s', ((cpu.user + cpu.system) / 1e6).toFixed(3) + ' CPU s', (process.resourceUsage().maxRSS >> 10) + ' MB'].join('\t'));
  api.CloseModel(model);
}
