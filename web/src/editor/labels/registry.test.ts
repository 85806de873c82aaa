// @vitest-environment node
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { LabelDefinition } from "../core/definition";
import type { Label } from "../core/records";
import { Viewport } from "../core/viewport";
import { testBox } from "../testing";
import { labelDefinitions } from "./registry";

const PICTURE = { width: 400, height: 300 };
const SAMPLES: Record<keyof typeof labelDefinitions, Label> = {
  box: testBox("a", 10, 20, 30, 40),
  class: { kind: "class", id: "c", label: "good", attributes: {}, score: null, origin: null },
};
const kinds = Object.keys(SAMPLES) as (keyof typeof labelDefinitions)[];

describe("label definitions", () => {
  it("are the kinds that the server lets rules ask for", () => {
    const registry = resolve(import.meta.dirname, "../../../../src/tongguan/catalog/labels/registry.py");
    const named = readFileSync(registry, "utf8").match(/^EDITOR_KINDS[^=]*= \(([^)]*)\)/m)?.[1] ?? "";
    const kindsOfServer = [...named.matchAll(/"(\w+)"/g)].map((match) => match[1]);
    expect(Object.keys(labelDefinitions).sort()).toEqual(kindsOfServer.sort());
  });

  it.each(kinds)("%s: moves, clips and grips keep identity and stay inside", (kind) => {
    const definition: LabelDefinition = labelDefinitions[kind];
    const label = SAMPLES[kind];
    expect(definition.kind).toBe(kind);
    expect(definition.translate(definition.translate(label, 7, -3), -7, 3)).toEqual(label);
    expect(definition.clip(label, PICTURE)).toEqual(label);
    for (const handle of definition.handles(label)) {
      expect(definition.moveHandle(label, handle.id, handle.point, PICTURE)).toEqual(label);
      const far = definition.bounds(definition.moveHandle(label, handle.id, { x: 9999, y: -9999 }, PICTURE));
      expect(far && far.x >= 0 && far.y >= 0 && far.x + far.width <= 400 && far.y + far.height <= 300).toBe(true);
    }
    const rect = definition.bounds(label);
    if (rect) expect(definition.hit(label, { x: rect.x + 1, y: rect.y + 1 }, 0)).toBe(true);
  });

  it.each(kinds)("%s: paints both ways without touching colours", (kind) => {
    const calls: string[] = [];
    const brush = new Proxy({} as CanvasRenderingContext2D, {
      get: (_target, name) => () => calls.push(String(name)),
      set: () => {
        throw new Error("a definition sets no style");
      },
    });
    const definition: LabelDefinition = labelDefinitions[kind];
    definition.paint(brush, SAMPLES[kind], new Viewport(), "outline");
    definition.paint(brush, SAMPLES[kind], new Viewport(), "inside");
    expect(calls.length > 0).toBe(definition.bounds(SAMPLES[kind]) !== null);
  });
});
