import { expect, it } from "vitest";
import { differences } from "./differences";

const box = (id: string, more: object = {}) => ({
  id,
  kind: "box",
  label: "rust",
  x: 1,
  y: 1,
  width: 5,
  height: 5,
  ...more,
});

it("tells what a version changed, by the labels' ids", () => {
  const before = [box("a"), box("b"), box("c"), box("d", { attributes: { p: 1, q: 2 } })];
  const after = [
    box("a"),
    box("b", { x: 3 }),
    box("c", { label: "crack" }),
    box("d", { attributes: { q: 2, p: 1 } }),
    box("e"),
  ];
  const found = differences(before, after);
  expect(Object.entries(found).map(([what, labels]) => [what, labels.map((one: { id: string }) => one.id)])).toEqual([
    ["added", ["e"]],
    ["removed", []],
    ["moved", ["b"]],
    ["reclassed", ["c"]],
    ["attributes", []],
  ]);
  expect(differences(after, before).removed.map((one) => one.id)).toEqual(["e"]);
});
