// @vitest-environment node
import { describe, expect, it } from "vitest";
import { TestEditor, testBox, testGhost } from "../testing";

describe("box tool", () => {
  it("draws by dragging, either way, and selects what it drew", () => {
    const t = new TestEditor().key("B").drag([50, 60], [150, 100]).drag([300, 200], [200, 180]);
    expect(t.marks).toEqual(["scratch 50,60 100×40", "scratch 200,180 100×20"]);
    expect(t.selected).toEqual(["new2"]);
    expect(t.state).toBe("box.idle");
  });

  it("keeps inside the picture and snaps to its edges", () => {
    const t = new TestEditor().key("B").drag([4, 50], [900, -50]).drag([200, 200], [397, 296]);
    expect(t.marks).toEqual(["scratch 0,0 400×50", "scratch 200,200 200×100"]);
  });

  it("does not snap with Alt", () => {
    const t = new TestEditor().key("B").drag([4, 5], [100, 100], { alt: true });
    expect(t.marks).toEqual(["scratch 4,5 96×95"]);
  });

  it("takes a click for picking, not drawing", () => {
    const t = new TestEditor({ labels: [testBox("a", 10, 10, 50, 50)] }).key("B").click(30, 30);
    expect(t.marks).toHaveLength(1);
    expect(t.selected).toEqual(["a"]);
    expect(t.click(300, 200).selected).toEqual([]);
  });

  it("is left by Escape in the middle of a box without a trace", () => {
    const t = new TestEditor().key("B").pointerDown(50, 50).pointerMove(100, 100);
    expect(t.state).toBe("box.creating");
    expect(t.editor.preview.labels).toHaveLength(1);
    t.key("Escape").pointerUp(100, 100);
    expect([t.marks, t.state, t.editor.preview.labels]).toEqual([[], "box.idle", []]);
  });

  it("resizes the box just drawn by its grips", () => {
    const t = new TestEditor().key("B").drag([50, 50], [100, 100]).drag([100, 100], [120, 130]);
    expect(t.marks).toEqual(["scratch 50,50 70×80"]);
  });
});

describe("select tool", () => {
  const three = () =>
    new TestEditor({
      labels: [testBox("big", 20, 20, 200, 200), testBox("small", 40, 40, 40, 40), testBox("far", 300, 200, 50, 50)],
    });

  it("picks the smallest mark under the pointer; Alt the one below it", () => {
    const t = three().click(50, 50);
    expect(t.selected).toEqual(["small"]);
    expect(t.click(50, 50, { alt: true }).selected).toEqual(["big"]);
    expect(t.click(50, 50, { alt: true }).selected).toEqual(["small"]);
    expect(t.click(290, 20).selected).toEqual([]);
  });

  it("adds and removes with Shift", () => {
    const t = three().click(50, 50).click(320, 220, { shift: true });
    expect(t.selected).toEqual(["far", "small"]);
    expect(t.click(50, 50, { shift: true }).selected).toEqual(["far"]);
  });

  it("selects by rubber band what lies wholly inside", () => {
    const t = three().drag([260, 10], [399, 299]);
    expect(t.selected).toEqual(["far"]);
    expect(t.drag([5, 5], [230, 230], { shift: true }).selected).toEqual(["big", "far", "small"]);
    expect(t.editor.preview.band).toBeNull();
  });

  it("moves several together and stops the group at the edge", () => {
    const t = three().key("Mod+A").drag([50, 50], [250, 52], { alt: true });
    expect(t.marks).toEqual(["scratch 70,22 200×200", "scratch 90,42 40×40", "scratch 350,202 50×50"]);
    expect(t.key("Mod+Z").marks[0]).toBe("scratch 20,20 200×200");
  });

  it("moves along one axis with Shift", () => {
    expect(three().drag([320, 220], [330, 190], { shift: true }).marks[2]).toBe("scratch 300,170 50×50");
  });

  it.each([
    ["nw", [20, 20], [10, 12], "scratch 10,12 210×208"],
    ["n", [120, 20], [0, 30], "scratch 20,30 200×190"],
    ["ne", [220, 20], [240, 30], "scratch 20,30 220×190"],
    ["e", [220, 120], [240, 0], "scratch 20,20 220×200"],
    ["se", [220, 220], [230, 250], "scratch 20,20 210×230"],
    ["s", [120, 220], [0, 250], "scratch 20,20 200×230"],
    ["sw", [20, 220], [10, 250], "scratch 10,20 210×230"],
    ["w", [20, 120], [10, 0], "scratch 10,20 210×200"],
  ] as const)("resizes by grip %s", (_grip, from, to, expected) => {
    const t = new TestEditor({ labels: [testBox("big", 20, 20, 200, 200)] }).click(100, 100).drag(from, to);
    expect(t.marks).toEqual([expected]);
  });

  it("turns a box over when a grip crosses the other side, and never makes it empty", () => {
    const t = new TestEditor({ labels: [testBox("a", 100, 100, 50, 50)] }).click(125, 125);
    expect(t.drag([150, 125], [60, 125]).marks).toEqual(["scratch 60,100 40×50"]);
    expect(t.key("Mod+Z").drag([150, 125], [100, 125]).marks).toEqual(["scratch 100,100 1×50"]);
  });

  it("logs nothing for a click or a drag back to the start", () => {
    const t = three().click(50, 50);
    t.pointerDown(50, 50).pointerMove(90, 90).pointerMove(50, 50).pointerUp(50, 50);
    expect(t.editor.history.seq).toBe(0);
  });

  it("changes nothing on a read-only item", () => {
    const t = three();
    t.open({ labels: [testBox("a", 100, 100, 50, 50)], readOnly: true });
    t.drag([120, 120], [200, 200]).key("B").drag([10, 10], [50, 50]).key("Mod+A").key("Delete").key("2");
    expect(t.marks).toEqual(["scratch 100,100 50×50"]);
  });

  it("makes a label of one's own from a moved proposal", () => {
    const t = new TestEditor({ ghosts: [testGhost("g", 100, 100)] }).drag([110, 110], [130, 110], { alt: true });
    const [label] = t.editor.store.list();
    expect(label).toMatchObject({ origin: "g", score: null, x: 120 });
    expect(t.selected).toEqual([label?.id]);
    expect(t.key("Mod+Z").marks).toEqual([]);
    expect(t.editor.store.pending()).toHaveLength(1);
  });
});
