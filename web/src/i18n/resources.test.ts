// @vitest-environment node
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { resources } from "./resources";

/** Every leaf as "area.key.key" with the interpolations it uses. */
function leaves(node: unknown, path: string): string[] {
  if (typeof node === "string") {
    const used = [...node.matchAll(/\{\{\s*(\w+)/g)].map((match) => match[1]).sort();
    return [`${path}(${[...new Set(used)].join(",")})`];
  }
  return Object.entries(node as Record<string, unknown>).flatMap(([key, value]) => leaves(value, `${path}.${key}`));
}

describe("translations", () => {
  it("have the same keys and interpolations in Chinese and English", () => {
    expect(leaves(resources.en, "").sort()).toEqual(leaves(resources.zh, "").sort());
  });

  it("are never empty, but for a unit that does not exist", () => {
    const empty = (node: unknown, path: string): string[] =>
      typeof node === "string"
        ? node.trim() === "" && !path.endsWith(".none")
          ? [path]
          : []
        : Object.entries(node as object).flatMap(([key, value]) => empty(value, `${path}.${key}`));
    expect(empty(resources, "")).toEqual([]);
  });

  it.each(["zh", "en"] as const)("register every file of %s", (language) => {
    const files = readdirSync(resolve(import.meta.dirname, language)).map((name) => name.replace(/\.ts$/, ""));
    expect(Object.keys(resources[language]).sort()).toEqual(files.sort());
  });
});
