// A server to test against: SHIKONG_URL, or else the binary on a free port with the small example
// city in a store of its own, which tests can import more into.

import {execFileSync, spawn} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const binary = process.env.SHIKONG_BIN ?? join(root, 'bin/shikong');

/** Options of the importer by the names that the manifest of the example city gives them. */
const OPTIONS = {collection: 'collection', model: 'model', format: 'format', crs: 'crs', title: 'title', licence: 'licence',
  attribution: 'attribution', id_field: 'id', valid_from_field: 'valid-from', valid_to_field: 'valid-to'};

/** start answers {url, log(), stop(), import(name, features, options)}; import is undefined for a server of somebody else. */
export async function start() {
  if (process.env.SHIKONG_URL) return {url: process.env.SHIKONG_URL.replace(/\/?$/, '/'), log: () => '', stop: async () => {}};
  const folder = mkdtempSync(join(tmpdir(), 'shikong-e2e-'));
  const store = join(folder, 'city.gpkg');
  const city = join(folder, 'city');
  const run = (file, args) => execFileSync(file, args, {cwd: root, env: {...process.env, SHIKONG_STORE: store}, stdio: ['ignore', 'ignore', 'inherit']});
  try {
    run('go', ['run', './fixtures/gencity', '-small', '-o', city]);
    for (const layer of JSON.parse(readFileSync(join(city, 'manifest.json'), 'utf8')).layers.filter((l) => l.format === 'geojsonl')) {
      const words = Object.entries(OPTIONS).filter(([field]) => layer[field]).flatMap(([field, option]) => [`--${option}`, String(layer[field])]);
      run(binary, ['import', '--datum', 'cgcs2000', ...words, join(city, layer.file)]);
    }
    const server = await serve(store);
    return {
      ...server,
      import(name, features, options = []) {
        const file = join(folder, `${name}.geojson`);
        writeFileSync(file, JSON.stringify({type: 'FeatureCollection', features}));
        run(binary, ['import', file, '--collection', name, '--id', 'id', ...options]);
      },
      async stop() {
        await server.stop();
        rmSync(folder, {recursive: true, force: true});
      },
    };
  } catch (why) {
    rmSync(folder, {recursive: true, force: true});
    throw why;
  }
}

function serve(store) {
  const child = spawn(binary, ['serve', '--listen', '127.0.0.1:0', '--store', store], {cwd: root, stdio: ['ignore', 'pipe', 'pipe']});
  let text = '';
  const ended = new Promise((done) => child.once('exit', done));
  const stop = async () => {
    child.kill('SIGTERM');
    const hard = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(hard);
  };
  return new Promise((done, fail) => {
    const hear = (piece) => {
      text += piece;
      const url = /serving.*?url=(http:\S+)/.exec(text)?.[1];
      if (url) done({url: `${url}/`, log: () => text, stop});
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`${binary} serve ended with ${code}:\n${text}`)));
  });
}
