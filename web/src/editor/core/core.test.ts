// @vitest-environment node
import { describe, expect, it, vi } from "vitest";
import { TestEditor, testBox } from "../testing";
import { screenPoint } from "./coordinates";
import { keyName } from "./keys";
import { Overlays } from "./overlays";
import { Scope } from "./scope";
import { Viewport } from "./viewport";

function view(): Viewport {
  const viewport = new Viewport();
  viewport.canvas = { width: 800, height: 600 };
  viewport.setPicture({ width: 1000, height: 1000 }, false);
  return viewport;
}

describe("viewport", () => {
  it("fits the picture into the middle", () => {
    const v = view();
    expect(v.scale).toBeCloseTo(0.576);
    expect(v.toScreen({ x: 500, y: 500 })).toEqual({ x: 400, y: 300 });
  });

  it("keeps the point under the pointer when zooming", () => {
    const v = view();
    const at = screenPoint(300, 200);
    const before = v.toImage(at);
    v.zoomAt(at, 3.7);
    expect(v.toImage(at).x).toBeCloseTo(before.x, 9);
    expect(v.toImage(at).y).toBeCloseTo(before.y, 9);
  });

  it("never loses the picture", () => {
    const v = view();
    v.panBy(1e6, -1e6);
    const visible = v.visible();
    expect(visible.x).toBeLessThan(1000);
    expect(visible.y).toBeLessThan(1000);
    expect(visible.x + visible.width).toBeGreaterThan(0);
  });

  it("keeps a chosen zoom on the next picture, fits again when none was chosen", () => {
    const v = view();
    v.setPicture({ width: 500, height: 500 }, true);
    expect(v.scale).toBeCloseTo(1.152);
    v.zoomAt(screenPoint(400, 300), 2);
    v.setPicture({ width: 1000, height: 1000 }, true);
    expect(v.scale).toBeCloseTo(2.304);
    expect(v.toImage(screenPoint(400, 300)).x).toBeCloseTo(500);
    v.setPicture({ width: 500, height: 500 }, false);
    expect(v.free).toBe(false);
  });

  it("keeps the middle in the middle when the window changes", () => {
    const v = view();
    v.zoomAt(screenPoint(100, 100), 4);
    const middle = v.toImage(screenPoint(400, 300));
    v.setCanvas({ width: 1000, height: 500 });
    expect(v.toImage(screenPoint(500, 250)).x).toBeCloseTo(middle.x);
  });
});

describe("keys", () => {
  const event = (key: string, code: string, extra = {}) => ({
    ...{ key, code, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false },
    ...extra,
  });
  it("reads letters behind a Chinese input method", () => {
    expect(keyName(event("Process", "KeyB"))).toBe("B");
    expect(keyName(event("Process", "Digit3"))).toBe("3");
  });
  it("treats Command as Ctrl and the number pad as digits", () => {
    expect(keyName(event("z", "KeyZ", { metaKey: true, shiftKey: true }))).toBe("Mod+Shift+Z");
    expect(keyName(event("End", "Numpad1"))).toBe("1");
  });
  it("follows the letter on other layouts", () => {
    expect(keyName(event("z", "KeyY"))).toBe("Z");
  });
});

describe("scope", () => {
  it("ends listeners, timers and children once", () => {
    vi.useFakeTimers();
    const scope = new Scope();
    const child = scope.child();
    const target = new EventTarget();
    const heard = vi.fn();
    scope.listen(target, "x", heard);
    child.interval(heard, 10);
    scope.timeout(heard, 5);
    vi.advanceTimersByTime(25);
    target.dispatchEvent(new Event("x"));
    expect(heard).toHaveBeenCalledTimes(4);
    scope.dispose();
    vi.advanceTimersByTime(100);
    target.dispatchEvent(new Event("x"));
    expect(heard).toHaveBeenCalledTimes(4);
    expect([scope.held, child.held, child.disposed]).toEqual([0, 0, true]);
    vi.useRealTimers();
  });
});

describe("overlays", () => {
  it("take turns with one's own marks while blinking, and stop with the scope", () => {
    vi.useFakeTimers();
    const scope = new Scope();
    const overlays = new Overlays(scope);
    overlays.set([{ id: "gold", name: "gold", labels: [testBox("a", 1, 1, 5, 5)], color: "#fff" }]);
    expect([overlays.showOwn, overlays.visible().length]).toEqual([true, 1]);
    overlays.blink(true);
    expect([overlays.showOwn, overlays.visible().length]).toEqual([true, 0]);
    vi.advanceTimersByTime(500);
    expect([overlays.showOwn, overlays.visible().length]).toEqual([false, 1]);
    scope.dispose();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });
});

describe("editor", () => {
  it("lets go of everything when disposed", () => {
    const t = new TestEditor({ labels: [testBox("a", 10, 10, 50, 50)] }).click(30, 30);
    t.editor.dispose();
    expect(t.editor.scope.held).toBe(0);
    expect(t.editor.store.changed.listeners).toBe(0);
  });

  it("keeps tool, class and clipboard from item to item, but no selection or undo", () => {
    const t = new TestEditor({ labels: [testBox("a", 10, 10, 50, 50)] }).click(30, 30).key("2").key("Mod+C").key("B");
    t.open({ id: "next", seq: 7 });
    expect(t.state).toBe("box.idle");
    expect([t.selected, t.editor.history.canUndo, t.editor.history.seq]).toEqual([[], false, 7]);
    expect(t.key("Mod+V").marks).toEqual(["patch 10,10 50×50"]);
  });
});
