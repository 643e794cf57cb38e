import { defineConfig } from 'vite';

export default defineConfig({
  // @grafana/scenes wants one router under two names
  resolve: { alias: { 'react-router-dom-v5-compat': 'react-router-dom' } },
  define: { 'process.env.NODE_ENV': '"production"' },
  esbuild: { jsx: 'automatic' },
  build: {
    // the packages re-export names that others of these versions do not have
    rollupOptions: { shimMissingExports: true },
    commonjsOptions: { transformMixedEsModules: true },
    minify: false,
    sourcemap: false,
    chunkSizeWarningLimit: 100000,
  },
  preview: { host: '127.0.0.1' },
});
