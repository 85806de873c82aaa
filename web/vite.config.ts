import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const server = process.env.TONGGUAN_API ?? "http://127.0.0.1:8000";

export default defineConfig({
  base: "/",
  plugins: [react()],
  build: {
    outDir: "../src/tongguan/api/web",
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 1500,
  },
  server: {
    proxy: { "/api": server, "/files": server, "/healthz": server, "/link": server },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    maxWorkers: 2,
  },
});
