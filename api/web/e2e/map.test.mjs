import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {after, before, describe, test} from 'node:test';

import {PATIENCE, idle, launch, open, shares, stats} from './browser.mjs';
import {start} from './server.mjs';

const DAY = '1990-06-01';
const AT = '1990-05-31T16:00:00Z'; // the beginning of that day in Beijing

let server;
let browser;
let failed = false;

before(async () => {
  server = await start();
  browser = await launch();
}, {timeout: PATIENCE * 3});

after(async () => {
  await browser?.close();
  await server?.stop();
  if (failed && server?.log()) console.error(`--- log of the server, without what went well\n${server.log().split('\n').filter((l) => !/status=(2|304)/.test(l)).join('\n').slice(-20_000)}`);
});

/** check is a test whose failure shows the server's log; pages opened through `show` are closed. */
function check(name, body, options = {}) {
  test(name, {timeout: PATIENCE * 2, ...options}, async (t) => {
    const pages = [];
    const show = async (hash = '', more = {}) => {
      const page = await open(browser, server.url + hash, more);
      pages.push(page);
      return page;
    };
    try {
      await body(show, t);
    } catch (why) {
      failed = true;
      throw why;
    } finally {
      for (const page of pages) await page.context().close();
    }
  });
}

const json = async (path) => (await fetch(server.url + path)).json();

/** ids answers the ids of all features of a collection at a moment. */
async function ids(collection, datetime) {
  const out = [];
  let path = `collections/${collection}/items?limit=1000&properties=id${datetime ? `&datetime=${datetime}` : ''}`;
  while (path) {
    const doc = await json(path);
    out.push(...doc.features.map((f) => f.id));
    const next = doc.links.find((l) => l.rel === 'next')?.href;
    path = next && next.slice(next.indexOf('collections/'));
  }
  return out;
}

const point = (id, lon, lat, properties) => ({type: 'Feature', id, properties: {id, ...properties}, geometry: {type: 'Point', coordinates: [lon, lat]}});
const square = (id, lon, lat, size, properties) => ({type: 'Feature', id, properties: {id, ...properties}, geometry: {type: 'Polygon',
  coordinates: [[[lon - size, lat - size], [lon + size, lat - size], [lon + size, lat + size], [lon - size, lat + size], [lon - size, lat - size]]]}});

const ownServer = {skip: process.env.SHIKONG_URL ? 'the server of SHIKONG_URL takes no imports from here' : false};

/** middle is where a collection lies, for a link. */
async function middle(collection) {
  const {extent} = await json(`collections/${collection}?f=json`);
  const [w, s, e, n] = extent.spatial.bbox[0];
  return {lon: (w + e) / 2, lat: (s + n) / 2};
}

check('the first picture shows every collection, from this origin alone', async (show, t) => {
  const page = await show();
  const {collections} = await json('collections?f=json');
  const {features, firstPicture} = await stats(page);
  t.diagnostic(`first picture after ${Math.round(firstPicture)} ms (software WebGL)`);
  for (const c of collections) assert.ok(features[c.id] > 0, `${c.id} shows no feature: ${JSON.stringify(features)}`);
  assert.deepEqual(page.asked.filter((u) => !u.startsWith(server.url) && !u.startsWith('blob:') && !u.startsWith('data:')), [], 'requests to other origins');
  assert.deepEqual(page.problems, []);
  const [water, white] = await shares(page, [[170, 195, 205], [200, 225, 235]], [[255, 255, 255], [255, 255, 255]]);
  assert.ok(water > 0.002, `water covers ${water} of the picture`);
  assert.ok(white < 0.9, `${white} of the picture is white`);
  assert.match(await page.title(), /shikong/i);
});

check('every building of the small city is shown, now and at another time', async (show) => {
  const page = await show();
  assert.equal((await stats(page)).features.buildings, (await ids('buildings')).length);
  await page.getByRole('textbox').fill(DAY);
  await page.keyboard.press('Enter');
  await idle(page);
  const then = await ids('buildings', AT);
  const shown = await page.evaluate(() => window.__shikong.ids('buildings'));
  assert.deepEqual(shown.sort(), then.sort());
  assert.notEqual(then.length, (await ids('buildings')).length, 'the test city does not change');
  await page.waitForFunction((want) => location.hash.includes(want), `&t=${DAY}`);
  await page.getByRole('button', {name: '现在'}).click();
  await idle(page);
  assert.equal((await stats(page)).features.buildings, (await ids('buildings')).length);
  assert.deepEqual(page.problems, []);
});

check('the old picture stays until the new one is there', async (show) => {
  const page = await show();
  const roof = [[[215, 165, 140], [245, 195, 180]]]; // of shops, in light and shade
  const [before] = await shares(page, ...roof);
  assert.ok(before > 0.001, `shops cover ${before} of the picture`);
  let release;
  const held = new Promise((done) => { release = done; });
  await page.route(/datetime=/, async (route) => {
    await held;
    await route.continue();
  });
  const asked = page.waitForRequest(/buildings.*datetime=/);
  await page.getByRole('textbox').fill(DAY);
  await page.keyboard.press('Enter');
  await asked;
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const [meanwhile] = await shares(page, ...roof);
  assert.ok(meanwhile > before * 0.9, `shops covered ${before} of the picture, and ${meanwhile} while tiles were on their way`);
  release();
  await idle(page);
  assert.equal((await stats(page)).features.buildings, (await ids('buildings', AT)).length);
});

check('the slider moves by the keyboard and says where it is', async (show) => {
  const page = await show(`#t=${DAY}`);
  const slider = page.getByRole('slider', {name: '时间滑块'});
  await slider.focus();
  await page.keyboard.press('ArrowRight');
  await idle(page);
  assert.equal(await slider.getAttribute('aria-valuetext'), '1991-06-01');
  assert.equal(await page.getByRole('textbox').inputValue(), '1991-06-01');
  await page.getByRole('textbox').fill('1991-02-30');
  assert.match(await page.getByRole('alert').innerText(), /1998-05-01/);
});

check('the player goes through time and stops at now', async (show) => {
  const now = new Date().getFullYear();
  const page = await show(`#t=${now - 2}-01-01`);
  await page.getByRole('button', {name: '播放'}).click();
  await page.waitForFunction(() => document.querySelector('.now.on') !== null);
  await idle(page);
  assert.equal((await stats(page)).features.buildings, (await ids('buildings')).length);
  await page.getByRole('button', {name: '播放'}).waitFor();
});

check('a click shows the properties that the server has', async (show) => {
  const {lon, lat} = await middle('buildings');
  const page = await show(`#map=16/${lat}/${lon}&layers=buildings`, {width: 1000, height: 700});
  const hit = await page.evaluate(() => {
    for (let y = 120; y < 560; y += 7) {
      for (let x = 340; x < 640; x += 7) {
        const found = window.__shikong.pick(x, y);
        if (found) return {x, y, ...found};
      }
    }
    return undefined;
  });
  assert.ok(hit, 'no building anywhere near the middle');
  await page.mouse.click(hit.x, hit.y);
  await idle(page);
  const item = await json(`collections/buildings/items/${hit.id}?f=json`);
  const panel = page.getByRole('complementary');
  assert.equal(await panel.getByRole('heading').innerText(), item.properties.name);
  const text = await panel.innerText();
  for (const value of [item.id, item.properties.address, item.properties.use, String(item.properties.floors)]) assert.ok(text.includes(value), `${value} is not in\n${text}`);
  await page.waitForFunction((want) => location.hash.includes(want), `&sel=buildings/${hit.id}`);
  const link = await panel.getByRole('link').getAttribute('href');
  assert.equal((await (await fetch(link)).json()).id, hit.id);
  const [orange] = await shares(page, [[190, 70, 0], [240, 120, 60]]);
  assert.ok(orange > 0.0001, `the selected building covers ${orange} of the picture`);
  await page.keyboard.press('Escape');
  assert.equal(await panel.count(), 0);
  assert.deepEqual(page.problems, []);
});

check('a feature that did not stand yet says so', async (show) => {
  const then = new Set(await ids('buildings', AT));
  const younger = (await ids('buildings')).find((id) => !then.has(id));
  const page = await show(`#t=${DAY}&sel=buildings/${younger}&lang=en`);
  assert.match(await page.getByRole('complementary').innerText(), new RegExp(`At ${DAY} it did not stand`));
});

check('a link restores place, time, layers, selection, the view below ground and the language', async (show) => {
  const {lon, lat} = await middle('metro');
  const [id] = await ids('metro');
  const hash = `#map=14.5/${Number(lat.toFixed(6))}/${Number(lon.toFixed(6))}/30/40&t=2020-01-01&layers=buildings:0.4,metro&sel=metro/${id}&ug=1&lang=en`;
  const page = await show(hash);
  await page.waitForFunction((want) => location.hash === want, hash);
  assert.deepEqual(await page.getByRole('switch').evaluateAll((all) => all.filter((e) => e.ariaChecked === 'true').length), 0, 'a small window hides the panel');
  assert.equal(await page.getByRole('button', {name: 'Underground'}).getAttribute('aria-pressed'), 'true');
  assert.equal(await page.getByRole('textbox').inputValue(), '2020-01-01');
  assert.equal((await stats(page)).features.roads, 0);
});

check('layers are switched, faded and explained', async (show) => {
  const page = await show('', {width: 1000, height: 700, locale: 'en-GB'});
  await page.getByRole('button', {name: /^Buildings/}).click();
  await idle(page);
  assert.match(await page.locator('[data-collection=buildings] .legend').innerText(), /Residential/);
  await page.getByRole('slider', {name: 'Opacity'}).fill('40');
  await page.getByRole('switch', {name: 'Show layer Roads'}).click();
  await idle(page);
  await page.waitForFunction(() => /layers=(?!.*roads).*buildings:0.4/.test(location.hash));
  await page.getByRole('button', {name: '切换到中文'}).click();
  assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
  assert.ok(await page.getByRole('switch', {name: '显示图层 道路'}).isVisible());
});

check('markup in data is shown as text', async (show) => {
  const {lon, lat} = await middle('buildings');
  const evil = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>';
  server.import('evil', [point('<b>1</b>', lon, lat, {name: evil, [`<i>${'key'}</i>`]: evil, link: 'javascript:window.pwned=1', set: {'<u>': evil}})],
    ['--title', evil, '--attribution', evil]);
  const page = await show(`#map=17/${lat}/${lon}&sel=evil/${encodeURIComponent('<b>1</b>')}`, {width: 1000, height: 700, quiet: false});
  const text = await page.getByRole('complementary').innerText();
  assert.equal(await page.getByRole('complementary').getByRole('heading').innerText(), evil);
  assert.ok(text.includes('<i>key</i>') && text.includes('<b>1</b>') && text.includes('javascript:window.pwned=1'), text);
  assert.equal(await page.locator('shikong-app img, shikong-app script, shikong-app b, shikong-app i:not(.swatch), shikong-app u').count(), 0);
  assert.ok((await page.locator('.layers').innerText()).includes('<img'));
  assert.equal(await page.evaluate(() => window.pwned), undefined);
}, ownServer);

check('an import shows by itself: new features, then a new state of them, then a new collection', async (show) => {
  const {lon, lat} = await middle('buildings');
  server.import('live', [square('a', lon, lat, 0.001, {name: 'first'})]);
  const page = await show(`#map=15/${lat}/${lon}&sel=live/a`);
  assert.equal((await stats(page)).features.live, 1);
  server.import('live', [square('a', lon, lat, 0.001, {name: 'renamed'}), square('b', lon + 0.004, lat, 0.001, {name: 'second'})]);
  await page.getByRole('heading', {name: 'renamed'}).waitFor();
  await page.waitForFunction(() => window.__shikong.stats().features.live === 2);
  server.import('fresh', [square('c', lon, lat, 0.002, {name: 'third', height: 40})]);
  await page.waitForFunction(() => window.__shikong.stats().features.fresh === 1);
  assert.deepEqual(page.problems, []);
}, ownServer);

describe('what goes wrong is said in words', () => {
  check('tiles of one collection fail, and come back', async (show) => {
    const problem = {type: 'about:blank', title: 'Unavailable', status: 503, code: 'store', detail: 'the store is being moved'};
    const fail = (route) => route.fulfill({status: 503, contentType: 'application/problem+json', body: JSON.stringify(problem)});
    const page = await show('', {quiet: false, locale: 'en', before: (p) => p.route(/tiles\/roads\/\d/, fail)});
    const notice = page.locator('.notice', {hasText: 'Roads'}).or(page.locator('.notice', {hasText: 'roads'}));
    assert.match(await notice.innerText(), /the store is being moved/);
    assert.ok((await stats(page)).features.buildings > 0, 'the others are shown');
    await page.unroute(/tiles\/roads\/\d/);
    await notice.getByRole('button', {name: 'Retry'}).click();
    await notice.waitFor({state: 'detached'});
    await idle(page);
    assert.ok((await stats(page)).features.roads > 0);
  });

  check('tiles that failed do not hold up another time', async (show) => {
    const page = await show('', {quiet: false, before: (p) => p.route(/tiles\/buildings\/\d+\/\d+\/\d+\.mvt$/, (route) => route.abort())});
    assert.equal((await stats(page)).features.buildings, 0);
    await page.getByRole('textbox').fill(DAY);
    await page.keyboard.press('Enter');
    await idle(page);
    assert.equal((await stats(page)).features.buildings, (await ids('buildings', AT)).length);
    assert.equal(await page.locator('.notice').count(), 0);
  });

  check('the server is away at first', async (show) => {
    const page = await show('', {quiet: false, locale: 'en', before: (p) => p.route(/\/(collections|events)/, (route) => route.abort())});
    assert.match(await page.locator('.notice[data-key=list]').innerText(), /does not answer/);
    assert.match(await page.locator('.notice[data-key=events]').innerText(), /connection .* lost/);
    await page.unroute(/\/(collections|events)/);
    await page.getByRole('button', {name: 'Retry'}).click();
    await page.locator('.notice').first().waitFor({state: 'detached'});
    await page.waitForFunction(() => window.__shikong.stats().features.buildings > 0);
    await page.waitForFunction(() => document.querySelectorAll('.notice').length === 0);
  });

  check('one collection has no tiles', async (show) => {
    const page = await show('', {quiet: false, before: (p) => p.route(/tiles\/metro\.json/, (route) => route.fulfill({status: 500, body: 'oh'}))});
    assert.match(await page.locator('.notice').innerText(), /500/);
    assert.ok((await stats(page)).features.roads > 0);
  });

  check('a feature that there is not', async (show) => {
    const page = await show('#sel=buildings/nobody&lang=en', {quiet: false});
    assert.match(await page.getByRole('complementary').innerText(), /There is no such feature/);
  });
});

describe('for everybody', () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  for (const [name, options] of Object.entries({
    'a wide window, light': {width: 1000, height: 700}, 'a wide window, dark, English': {width: 1000, height: 700, colorScheme: 'dark', locale: 'en'}, 'a telephone': {width: 390, height: 700},
  })) {
    check(`axe finds nothing on ${name}`, async (show) => {
      const [id] = await ids('buildings');
      const page = await show(`#sel=buildings/${id}`, options);
      if (options.width > 760) await page.locator('.layer .title').first().click();
      await page.evaluate(axe);
      const {violations} = await page.evaluate(() => window.axe.run(document, {rules: {region: {enabled: true}}}));
      assert.deepEqual(violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.html).join(' | ').slice(0, 500)}`), []);
    });
  }

  check('nothing hangs over the edge of a telephone', async (show) => {
    const page = await show('', {width: 390, height: 700});
    const over = await page.evaluate(() => [...document.querySelectorAll('.overlay .card')].map((e) => e.getBoundingClientRect())
      .filter((r) => r.width > 0 && (r.left < 0 || r.right > innerWidth || r.top < 0 || r.bottom > innerHeight)).length);
    assert.equal(over, 0);
    await page.getByRole('button', {name: '图层面板'}).click();
    assert.ok(await page.locator('.layers').isVisible());
  });

  check('the keyboard alone inspects a feature', async (show) => {
    const building = (await json('collections/buildings/items?limit=1')).features[0];
    const [lon, lat] = building.geometry.coordinates.flat(Infinity);
    const corner = building.geometry.coordinates[0].map(([x, y]) => [x - lon, y - lat]);
    const [dx, dy] = [0, 1].map((i) => corner.reduce((s, c) => s + c[i], 0) / corner.length);
    const page = await show(`#map=19/${lat + dy}/${lon + dx}&layers=buildings`);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter'); // skip to the map
    await page.keyboard.press('Enter'); // what lies in its middle
    await idle(page);
    assert.equal(await page.getByRole('complementary').count(), 1);
  });
});
