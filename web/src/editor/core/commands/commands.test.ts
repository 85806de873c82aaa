// @vitest-environment node
import { describe, expect, it } from "vitest";
import { TestEditor, testBox, testGhost } from "../../testing";
import { ACTIONS } from "../actions";
import type { Command } from "../changes";
import { Store } from "../store";
import { prelabelCounts } from "./prelabels";

describe("classes and attributes by key", () => {
  it("changes the class of the selected marks and of the next one", () => {
    const t = new TestEditor({ labels: [testBox("a", 10, 10, 50, 50)] }).click(30, 30).key("2");
    expect(t.marks).toEqual(["patch 10,10 50×50"]);
    expect(t.key("B").drag([100, 100], [150, 150]).marks[1]).toBe("patch 100,100 50×50");
  });

  it("sets a choice by its letter, switches a flag, and never clears a required choice", () => {
    const t = new TestEditor({ labels: [testBox("a", 10, 10, 50, 50)] }).click(30, 30);
    const attributes = () => t.editor.store.labels.get("a")?.attributes;
    expect(t.key("W").key("h") && attributes()).toEqual({ degree: "medium", hidden: true });
    expect(t.key("W").key("h") && attributes()).toEqual({ degree: "medium", hidden: false });
    expect(t.key("Q") && attributes()).toEqual({ degree: "light", hidden: false });
  });

  it("drops attributes that the new class does not know", () => {
    const t = new TestEditor({ labels: [testBox("a", 10, 10, 50, 50)] }).click(30, 30).key("Q").key("2");
    expect(t.editor.store.labels.get("a")?.attributes).toEqual({});
  });

  it("switches labels of the whole item, one at a time where only one may be", () => {
    const t = new TestEditor().key("3");
    expect(t.marks).toEqual(["good item"]);
    expect(t.key("4").marks).toEqual(["bad item"]);
    expect(t.key("4").marks).toEqual([]);
    expect(t.key("Mod+Z").key("Mod+Z").marks).toEqual(["good item"]);
  });
});

describe("nothing here", () => {
  it("can be said of an empty item and ends with the first label", () => {
    const t = new TestEditor().key("0");
    expect(t.editor.store.nothing).toBe(true);
    t.key("B").drag([50, 50], [90, 90]);
    expect(t.editor.store.nothing).toBe(false);
    expect(t.key("Mod+Z").editor.store.nothing).toBe(true);
  });

  it("is refused while there are labels", () => {
    expect(new TestEditor({ labels: [testBox("a", 1, 1, 5, 5)] }).key("0").editor.store.nothing).toBe(false);
  });
});

describe("edit commands", () => {
  it("nudges by 1 and 10 inside the picture; a held key is one undo", () => {
    const t = new TestEditor({ labels: [testBox("a", 5, 5, 20, 20)] }).click(10, 10);
    t.key("ArrowRight").key("ArrowRight").key("Shift+ArrowDown").key("Shift+ArrowLeft");
    expect(t.marks).toEqual(["scratch 0,15 20×20"]);
    expect(t.editor.history.seq).toBe(4);
    expect(t.key("Mod+Z").marks).toEqual(["scratch 5,5 20×20"]);
    t.clock += 5000;
    expect(t.key("Mod+Y").marks).toEqual(["scratch 0,15 20×20"]);
    expect(t.key("ArrowLeft").editor.history.seq).toBe(6);
  });

  it("copies, pastes a step beside, cuts, and pastes in place on the next item", () => {
    const t = new TestEditor({ labels: [testBox("a", 10, 10, 20, 20)] }).click(15, 15).key("Mod+C");
    expect(t.key("Mod+V").marks[1]).toBe("scratch 22,22 20×20");
    expect(t.key("Mod+V").marks[2]).toBe("scratch 34,34 20×20");
    expect(t.key("Mod+X").marks).toHaveLength(2);
    expect(t.open({ id: "second" }).key("Mod+V").marks).toEqual(["scratch 34,34 20×20"]);
  });

  it("copies all labels of the previous item, cut to this picture", () => {
    const t = new TestEditor({ labels: [testBox("a", 380, 10, 20, 20)] });
    const small = { ...t.editor.picture, width: 390, height: 300, name: "b", draw: () => {} };
    t.open({ id: "second", picture: small });
    expect(t.key("D").marks).toEqual(["scratch 380,10 10×20"]);
    expect(t.editor.store.list()[0]?.id).not.toBe("a");
  });

  it("walks through marks with Tab in reading order, both ways", () => {
    const t = new TestEditor({
      labels: [testBox("c", 10, 200, 9, 9), testBox("a", 10, 10, 9, 9), testBox("b", 90, 10, 9, 9)],
    });
    const walk = ["Tab", "Tab", "Tab", "Tab", "Shift+Tab"].map((key) => t.key(key).selected[0]);
    expect(walk).toEqual(["a", "b", "c", "a", "c"]);
  });

  it("restores deleted marks in their old place of the list", () => {
    const t = new TestEditor({ labels: [testBox("a", 10, 10, 9, 9), testBox("b", 90, 10, 9, 9)] }).click(12, 12);
    expect(t.key("Delete").marks).toHaveLength(1);
    t.key("Mod+Z");
    expect(t.editor.store.list().map((label) => label.id)).toEqual(["a", "b"]);
    expect(t.editor.index.size).toBe(2);
  });
});

describe("proposals", () => {
  const two = () =>
    new TestEditor({ ghosts: [testGhost("g1", 10, 10), testGhost("g2", 100, 10), testGhost("g3", 200, 10)] });

  it("are kept with Y, thrown with N, corrected by editing, and counted", () => {
    const t = two().key("Y").key("N");
    expect(t.selected).toEqual(["g3"]);
    t.key("1");
    expect(t.marks).toEqual(["patch 10,10 20×20", "scratch 200,10 20×20"]);
    expect(prelabelCounts(t.editor.store)).toEqual({ pending: 0, kept: 1, corrected: 1, thrown: 1 });
    expect(t.editor.store.list().map((label) => [label.origin, label.score])).toEqual([
      ["g1", 0.62],
      ["g3", null],
    ]);
  });

  it("count as corrected when changed after keeping, as thrown when deleted after keeping", () => {
    const t = two().key("Y").key("Y").key("N");
    t.click(15, 15).key("ArrowRight").click(110, 15).key("Delete");
    expect(prelabelCounts(t.editor.store)).toEqual({ pending: 0, kept: 0, corrected: 1, thrown: 2 });
  });

  it("are all kept or all thrown with Shift, and undone in one step", () => {
    expect(two().key("Shift+Y").marks).toHaveLength(3);
    const t = two().key("Shift+N");
    expect(prelabelCounts(t.editor.store).thrown).toBe(3);
    expect(prelabelCounts(t.key("Mod+Z").editor.store).pending).toBe(3);
  });

  it("do nothing to a selected label of one's own", () => {
    const t = new TestEditor({ labels: [testBox("a", 10, 10, 9, 9)], ghosts: [testGhost("g", 100, 10)] });
    t.click(12, 12).key("Y");
    expect(t.editor.store.pending()).toHaveLength(1);
  });
});

/** A small deterministic generator, so that a failing walk can be walked again. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

describe("the command log", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "replays to the same annotation, and undo leads back to the start (walk %i)",
    (seed) => {
      const start = {
        labels: [testBox("a", 10, 10, 50, 50), testBox("b", 100, 100, 80, 40, "patch")],
        ghosts: [testGhost("g1", 200, 50), testGhost("g2", 250, 200)],
        nothing: false,
      };
      const t = new TestEditor(start);
      const log: Command[] = [];
      t.editor.history.onCommand((command) => log.push(command));
      const roll = dice(seed);
      const keys = [
        "1",
        "2",
        "3",
        "4",
        "0",
        "Y",
        "N",
        "Delete",
        "Mod+C",
        "Mod+V",
        "Mod+A",
        "Tab",
        "ArrowLeft",
        "Q",
        "W",
      ];
      const more = ["Mod+Z", "Mod+Z", "Mod+Y", "Shift+ArrowDown", "B", "V", "Escape", "Shift+Y", "Mod+X"];
      for (let step = 0; step < 120; step += 1) {
        t.clock += Math.floor(roll() * 900);
        const point = (): [number, number] => [Math.floor(roll() * 440) - 20, Math.floor(roll() * 340) - 20];
        if (roll() < 0.35) t.drag(point(), point());
        else t.key([...keys, ...more][Math.floor(roll() * (keys.length + more.length))] ?? "");
      }
      const end = new Store();
      end.load(start);
      expect(log.map((command) => command.seq)).toEqual(log.map((_, place) => place + 1));
      for (const command of log) end.apply(JSON.parse(JSON.stringify(command.changes)));
      expect(end.snapshot()).toEqual(t.editor.store.snapshot());
      expect(t.editor.index.size).toBe([...end.shapes()].filter(({ label }) => label.kind === "box").length);
      for (const label of end.labels.values()) {
        if (label.kind !== "box") continue;
        expect(
          Math.min(label.x, label.y, 400 - label.x - label.width, 300 - label.y - label.height),
        ).toBeGreaterThanOrEqual(-0.02);
      }
      while (t.editor.history.canUndo) t.key("Mod+Z");
      expect(t.editor.store.snapshot()).toEqual(start);
    },
  );
});

describe("actions", () => {
  it("have unique ids and default keys", () => {
    const ids = ACTIONS.map((action) => action.id);
    const keys = ACTIONS.flatMap((action) => action.keys);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("obey keys of one's own", () => {
    const t = new TestEditor();
    t.editor.settings.set({ keymap: { tool_box: ["M"] } });
    expect(t.key("B").state).toBe("select.idle");
    expect(t.key("M").state).toBe("box.idle");
  });
});
