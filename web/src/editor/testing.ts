import { pressKey } from "./core/actions";
import { imagePoint, screenPoint } from "./core/coordinates";
import type { Editor, EditorDocument } from "./core/editor";
import type { LabelClass, LabelSet } from "./core/labelset";
import { BlankPicture } from "./core/picture";
import type { BoxLabel, Ghost } from "./core/records";
import type { PointerInput } from "./core/tool";
import { createEditor } from "./create";

interface Modifiers {
  shift?: boolean;
  mod?: boolean;
  alt?: boolean;
}

export function testClass(key: string, extra: Partial<LabelClass> = {}): LabelClass {
  return {
    key,
    name: key,
    color: "#f5a000",
    hotkey: null,
    kind: "box",
    attributes: [],
    definition: "",
    examples: [],
    ...extra,
  };
}

export const TEST_SET: LabelSet = {
  severalClasses: false,
  classes: [
    testClass("scratch", {
      attributes: [
        {
          key: "degree",
          name: "degree",
          type: "choice",
          required: true,
          options: ["light", "medium", "heavy"].map((value) => ({ value, name: value })),
        },
        { key: "hidden", name: "hidden", type: "flag", required: false, options: [], hotkey: "h" },
      ],
    }),
    testClass("patch"),
    testClass("good", { kind: "class" }),
    testClass("bad", { kind: "class" }),
  ],
};

export function testBox(id: string, x: number, y: number, width: number, height: number, label = "scratch"): BoxLabel {
  return { kind: "box", id, label, x, y, width, height, attributes: {}, score: null, origin: null };
}

export function testGhost(id: string, x: number, y: number, width = 20, height = 20, score = 0.62): Ghost {
  return { id, state: "pending", label: { ...testBox(id, x, y, width, height, "patch"), score } };
}

/** Drives an editor as a person would, without a DOM: screen = image at scale 1, picture 400 × 300 on 400 × 300. */
export class TestEditor {
  readonly editor: Editor;
  clock = 1_700_000_000_000;
  #id = 0;

  constructor(document: Partial<EditorDocument> = {}, labelSet: LabelSet = TEST_SET) {
    this.editor = createEditor({
      labelSet,
      now: () => this.clock,
      newId: () => {
        this.#id += 1;
        return `new${this.#id}`;
      },
    });
    this.editor.viewport.canvas = { width: 400, height: 300 };
    this.open(document);
  }

  open(document: Partial<EditorDocument> = {}): this {
    this.editor.open({
      id: "lease",
      picture: new BlankPicture("a.png", 400, 300),
      labels: [],
      ghosts: [],
      nothing: false,
      seq: 0,
      readOnly: false,
      ...document,
    });
    Object.assign(this.editor.viewport, { scale: 1, x: 0, y: 0 });
    return this;
  }

  #input(x: number, y: number, modifiers: Modifiers): PointerInput {
    const screen = screenPoint(x, y);
    const image = this.editor.viewport.toImage(screen);
    return {
      screen,
      image: imagePoint(image.x, image.y),
      shift: modifiers.shift ?? false,
      mod: modifiers.mod ?? false,
      alt: modifiers.alt ?? false,
    };
  }

  pointerDown(x: number, y: number, modifiers: Modifiers = {}): this {
    this.editor.machine.state.pointerDown?.(this.#input(x, y, modifiers));
    return this;
  }

  pointerMove(x: number, y: number, modifiers: Modifiers = {}): this {
    this.editor.machine.state.pointerMove?.(this.#input(x, y, modifiers));
    return this;
  }

  pointerUp(x: number, y: number, modifiers: Modifiers = {}): this {
    this.editor.machine.state.pointerUp?.(this.#input(x, y, modifiers));
    return this;
  }

  click(x: number, y: number, modifiers: Modifiers = {}): this {
    return this.pointerMove(x, y, modifiers).pointerDown(x, y, modifiers).pointerUp(x, y, modifiers);
  }

  drag(from: readonly [number, number], to: readonly [number, number], modifiers: Modifiers = {}): this {
    const middle = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2] as const;
    return this.pointerMove(from[0], from[1])
      .pointerDown(from[0], from[1], modifiers)
      .pointerMove(middle[0], middle[1], modifiers)
      .pointerMove(to[0], to[1], modifiers)
      .pointerUp(to[0], to[1], modifiers);
  }

  /** "Mod+Shift+Z", "B", "ArrowLeft". */
  key(name: string): this {
    const parts = name.split("+");
    const key = parts.pop() ?? "";
    pressKey(this.editor, {
      key,
      code: "",
      ctrlKey: parts.includes("Mod"),
      metaKey: false,
      shiftKey: parts.includes("Shift"),
      altKey: parts.includes("Alt"),
    });
    return this;
  }

  /** Every label as "class x,y w×h". */
  get marks(): string[] {
    return this.editor.store
      .list()
      .map((label) =>
        label.kind === "box"
          ? `${label.label} ${label.x},${label.y} ${label.width}×${label.height}`
          : `${label.label} item`,
      );
  }

  get state(): string {
    return this.editor.machine.state.id;
  }

  get selected(): string[] {
    return [...this.editor.selection.ids].sort();
  }
}
