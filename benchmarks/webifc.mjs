// Opens IFC files with web-ifc, streams every mesh, and prints a line of JSON a file:
//
//	npm install web-ifc@0.0.78
//	node benchmarks/webifc.mjs FOLDER > webifc.ndjson
//
// Times are processor milliseconds of this process. "empty" are products whose meshes hold no
// triangle; "products" lists those with triangles by entity number.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { IfcAPI } from "web-ifc";

const files = (path) =>
  statSync(path).isDirectory()
    ? readdirSync(path).sort().flatMap((n) => files(join(path, n)))
    : path.toLowerCase().endsWith(".ifc") ? [path] : [];
const cpu = () => { const u = process.cpuUsage(); return (u.user + u.system) / 1000; };

const api = new IfcAPI();
await api.Init();
api.SetLogLevel?.(6);
const segments = Number(process.env.SEGMENTS ?? 0);
for (const path of process.argv.slice(2).flatMap(files)) {
  const out = { file: join(basename(dirname(path)), basename(path)), triangles: 0, drawn: [], empty: 0, error: "" };
  const t0 = cpu();
  let t1 = t0;
  try {
    const model = api.OpenModel(new Uint8Array(readFileSync(path)), segments ? { CIRCLE_SEGMENTS: segments } : undefined);
    t1 = cpu();
    if (model < 0) throw new Error("refused");
    api.StreamAllMeshes(model, (mesh) => {
      let n = 0;
      for (let i = 0; i < mesh.geometries.size(); i++) {
        const g = api.GetGeometry(model, mesh.geometries.get(i).geometryExpressID);
        n += g.GetIndexDataSize() / 3;
        api.GetVertexArray(g.GetVertexData(), g.GetVertexDataSize());
        g.delete();
      }
      out.triangles += n;
      if (n > 0) out.drawn.push(mesh.expressID); else out.empty++;
    });
    api.CloseModel(model);
  } catch (e) {
    out.error = String(e.message ?? e).slice(0, 80);
  }
  out.open_ms = t1 - t0;
  out.geometry_ms = cpu() - t1;
  console.log(JSON.stringify(out));
}
