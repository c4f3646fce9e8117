import {defineConfig} from 'vitest/config';

// The build empties dist; public/.gitkeep puts back the file that lets the binary build without
// Node. Addresses are relative, so that the page also works under a path of a reverse proxy.
export default defineConfig({
  base: './',
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 1500,
    // Small files as data: URLs would need a wider content security policy.
    assetsInlineLimit: 0,
    modulePreload: {polyfill: false},
  },
  worker: {format: 'es'},
  server: {proxy: {'^/(collections|tiles|events|models|imports)': process.env['SHIKONG_URL'] ?? 'http://localhost:8080'}},
  test: {include: ['src/**/*.test.ts'], environment: 'node'},
});
