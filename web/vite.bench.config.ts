import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The page that bench/editor.py drives; never part of the served pages. */
export default defineConfig({
  root: resolve(import.meta.dirname, "bench"),
  base: "./",
  plugins: [react()],
  build: {
    outDir: resolve(import.meta.dirname, "../build/bench-editor"),
    emptyOutDir: true,
    target: "es2022",
    rollupOptions: { input: resolve(import.meta.dirname, "bench/editor.html") },
  },
});
