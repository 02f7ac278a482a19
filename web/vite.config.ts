import { defineConfig } from "vitest/config";

// The built page travels in the Python wheel; the server serves it from "/".
export default defineConfig({
  build: { outDir: "../src/drumnet/studio/static", emptyOutDir: true, target: "es2022" },
  server: { proxy: { "/api": "http://127.0.0.1:8765" } },
  test: { include: ["src/**/*.test.ts"] },
});
