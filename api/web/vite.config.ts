import {defineConfig} from 'vitest/config';

// Addresses are relative, so that the page also works under a path of a reverse proxy.
export default defineConfig({
  base: './',
  build: {
    target: 'es2022',
    // dist holds a .gitkeep, so that the binary builds without Node; it stays.
    emptyOutDir: false,
    chunkSizeWarningLimit: 1500,
    // Small files as data: URLs would need a wider content security policy.
    assetsInlineLimit: 0,
    modulePreload: {polyfill: false},
  },
  worker: {format: 'es'},
  server: {proxy: {'^/(collections|tiles|events|models|imports)': process.env['SHIKONG_URL'] ?? 'http://localhost:8080'}},
  test: {include: ['src/**/*.test.ts'], environment: 'node'},
});
