// A browser without a screen and without a graphics card, and what tests ask of a page.

import {chromium} from 'playwright-core';

const FLAGS = ['--headless=new', '--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist', '--disable-quic',
  '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** PATIENCE is how long a page may take for one thing, in milliseconds; test machines are slow and shared. */
export const PATIENCE = 120_000;

/** launch starts the browser. */
export function launch() {
  return chromium.launch({executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS, timeout: PATIENCE});
}

/** open loads the map and waits until it has drawn everything; what went wrong gathers in page.problems. */
export async function open(browser, url, {width = 640, height = 400, locale = 'zh-CN', colorScheme = 'light', before, quiet = true} = {}) {
  const context = await browser.newContext({viewport: {width, height}, locale, colorScheme, reducedMotion: 'reduce'});
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.problems = [];
  page.asked = [];
  page.on('console', (m) => quiet && ['error', 'warning'].includes(m.type()) && !/GPU stall|software WebGL/i.test(m.text()) && page.problems.push(m.text()));
  page.on('pageerror', (e) => page.problems.push(String(e)));
  page.on('request', (r) => page.asked.push(r.url()));
  await before?.(page);
  await page.goto(url);
  await idle(page);
  return page;
}

/** idle waits until everything is loaded, drawn and shown. */
export async function idle(page) {
  await page.waitForFunction(() => window.__shikong !== undefined);
  await page.evaluate(() => window.__shikong.idle());
}

/** stats answers the number of features in the loaded tiles by collection. */
export const stats = (page) => page.evaluate(() => window.__shikong.stats());

/** shares answers which part of the picture lies between two colours, for each pair [[r, g, b], [r, g, b]]. */
export async function shares(page, ...pairs) {
  const png = (await page.screenshot()).toString('base64');
  return page.evaluate(async ({png, pairs}) => {
    const bytes = Uint8Array.from(atob(png), (c) => c.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], {type: 'image/png'}));
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const {data} = context.getImageData(0, 0, image.width, image.height);
    return pairs.map(([low, high]) => {
      let n = 0;
      for (let i = 0; i < data.length; i += 4) if ([0, 1, 2].every((c) => data[i + c] >= low[c] && data[i + c] <= high[c])) n++;
      return n / (data.length / 4);
    });
  }, {png, pairs});
}
