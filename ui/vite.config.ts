import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const server = process.env['ALBUMEN_URL'] ?? 'http://127.0.0.1:8484';

export default defineConfig({
  plugins: [svelte()],
  build: {
    outDir: at('../src/albumen/web/static'),
    emptyOutDir: true,
    assetsInlineLimit: 0, // everything is a file of ours: nothing needs data: or inline script
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: at('index.html'), sw: at('src/worker/sw.ts') },
      output: { entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
    },
  },
  server: { proxy: { '/api': server } },
  test: { include: ['tests/**/*.test.ts'] },
});
