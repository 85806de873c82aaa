import { describe, expect, it } from "vitest";
import { ACTIONS, capturedKey, conflictsIn, keysIn, withKeys } from "./keymap";

function action(id: string) {
  const found = ACTIONS.find((one) => one.id === id);
  if (!found) throw new Error(id);
  return found;
}

const press = (key: string, code: string, held: Partial<Record<"ctrlKey" | "shiftKey", boolean>> = {}) => ({
  ...{ key, code, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false },
  ...held,
});

describe("own keys", () => {
  it("no two actions share a key before anybody changes one", () => {
    expect([...conflictsIn({})]).toEqual([]);
  });

  it("are kept only where they differ, and told when two actions claim one", () => {
    const changed = withKeys({}, action("submit"), ["S"]);
    expect(keysIn(changed, action("submit"))).toEqual(["S"]);
    expect(withKeys(changed, action("submit"), ["Enter"])).toEqual({});
    const twice = withKeys(changed, action("crosshair"), ["S"]);
    expect([...conflictsIn(twice)].map(([key, all]) => [key, all.map((one) => one.id).sort()])).toEqual([
      ["S", ["crosshair", "submit"]],
    ]);
  });

  it("are taken from a press, also while an input method is on; the browser keeps its own", () => {
    expect(capturedKey(press("Process", "KeyG", { shiftKey: true }))).toEqual({ key: "Shift+G" });
    expect(capturedKey(press("Shift", "ShiftLeft", { shiftKey: true }))).toBeNull();
    expect(capturedKey(press("w", "KeyW", { ctrlKey: true }))).toBe("browser");
  });
});
