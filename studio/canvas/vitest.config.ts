import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["source/**/*.test.ts"], environment: "node" },
  // As in build.mjs.
  resolve: {
    alias: [
      { find: /^react$/, replacement: "preact/compat" },
      { find: /^react-dom$/, replacement: "preact/compat" },
      { find: "react/jsx-runtime", replacement: "preact/jsx-runtime" },
      { find: "react/jsx-dev-runtime", replacement: "preact/jsx-dev-runtime" },
    ],
  },
});
