import type { Change } from "./changes";
import type { ImagePoint, ImageRect } from "./coordinates";
import { Damage } from "./damage";
import type { Definitions, LabelDefinition } from "./definition";
import { Filters } from "./filters";
import { History } from "./history";
import type { LabelClass, LabelSet } from "./labelset";
import { Overlays } from "./overlays";
import { BlankPicture, type Picture } from "./picture";
import { Places } from "./places";
import { Preview } from "./preview";
import { type Label, newId, type Shape } from "./records";
import { Scope } from "./scope";
import { Selection } from "./selection";
import { Settings, type SettingValues } from "./settings";
import { Signal } from "./signal";
import { SpatialIndex } from "./spatial";
import { type Snapshot, Store } from "./store";
import { type ToolId, ToolMachine, type Tools } from "./tool";
import { Viewport } from "./viewport";

/** One item under one's hands. */
export interface EditorDocument extends Snapshot {
  /** The lease, or whatever names this annotation. */
  readonly id: string;
  readonly picture: Picture;
  /** How many commands its log already holds. */
  readonly seq: number;
  readonly readOnly: boolean;
}

/** What the page around the editor does when asked by a key. */
export interface EditorHost {
  submit(): void;
  skip(): void;
  ask(): void;
  togglePanel(panel: "shortcuts" | "filters"): void;
}

export interface EditorOptions {
  readonly definitions: Definitions;
  readonly tools: Tools;
  readonly labelSet: LabelSet;
  readonly settings?: Partial<SettingValues>;
  readonly now?: () => number;
  readonly newId?: () => string;
}

const NO_HOST: EditorHost = { submit() {}, skip() {}, ask() {}, togglePanel() {} };

/** The parts of the editor, wired. What a person can do is in `commands/`; this class stays small. */
export class Editor {
  readonly scope = new Scope();
  readonly store = new Store();
  readonly index = new SpatialIndex();
  readonly selection = new Selection();
  readonly viewport = new Viewport();
  readonly preview = new Preview();
  readonly filters = new Filters();
  /** Where marks changed since they were last drawn. */
  readonly damage = new Damage();
  readonly overlays = new Overlays(this.scope);
  readonly opened = new Signal();
  readonly settings: Settings;
  readonly history: History;
  readonly machine: ToolMachine;
  readonly labelSet: LabelSet;
  readonly newId: () => string;
  /** Copied labels; they outlive the item. */
  clipboard: readonly Label[] = [];
  /** Labels of the item before this one, for "copy from previous". */
  previous: readonly Label[] = [];
  host: EditorHost = NO_HOST;
  #document: EditorDocument | null = null;
  readonly #places = new Places(this.store, this.index, this.damage, (label) => this.bounds(label));

  constructor(private readonly options: EditorOptions) {
    this.labelSet = options.labelSet;
    this.newId = options.newId ?? newId;
    this.settings = new Settings(options.settings);
    this.history = new History((changes) => this.#places.apply(changes), options.now ?? Date.now);
    const first = this.labelSet.classes[0]?.key ?? null;
    if (!this.labelClass(this.settings.values.activeClass)) this.settings.set({ activeClass: first });
    this.machine = new ToolMachine(this, options.tools[this.settings.values.tool]);
    this.scope.add(this.store.changed.subscribe(() => this.selection.prune((id) => this.store.has(id))));
  }

  get document(): EditorDocument | null {
    return this.#document;
  }

  get picture(): Picture {
    return this.#document?.picture ?? EMPTY;
  }

  get readOnly(): boolean {
    return this.#document?.readOnly ?? true;
  }

  get tools(): Tools {
    return this.options.tools;
  }

  /** Opens an item; zoom, tool, class, filters and clipboard stay as they are. */
  open(document: EditorDocument): void {
    this.machine.cancel();
    if (this.#document && this.#document.id !== document.id) this.previous = this.store.list();
    this.#document = document;
    this.selection.clear();
    this.preview.clear();
    this.history.reset(document.seq);
    this.store.load(document);
    this.#places.rebuild();
    this.viewport.setPicture(document.picture, this.settings.values.keepZoom);
    this.opened.emit();
  }

  /** Does something that can be undone, is logged and saved. Refused while the item is read-only. */
  commit(name: string, changes: readonly Change[], mergeKey: string | null = null): boolean {
    if (this.readOnly || changes.length === 0) return false;
    this.history.commit(name, changes, mergeKey);
    return true;
  }

  setTool(id: ToolId): void {
    if (this.machine.tool.id !== id) this.machine.change(this.options.tools[id]);
    this.settings.set({ tool: id });
  }

  definition(label: Label): LabelDefinition {
    return this.options.definitions[label.kind];
  }

  bounds(label: Label): ImageRect | null {
    return this.definition(label).bounds(label);
  }

  labelClass(key: string | null): LabelClass | undefined {
    return this.labelSet.classes.find((entry) => entry.key === key);
  }

  /** Marks that may be picked: own labels, and proposals unless they are switched off. */
  pickable(id: string): Shape | null {
    const { marks, ghosts } = this.settings.values;
    const shape = marks ? this.store.shape(id) : null;
    return shape && (ghosts || !shape.ghost) ? shape : null;
  }

  /** Everything under a point, smallest first. `reach` in image pixels. */
  at(point: ImagePoint, reach: number): Shape[] {
    const around = { x: point.x - reach, y: point.y - reach, width: 2 * reach, height: 2 * reach };
    const found: { shape: Shape; area: number }[] = [];
    for (const id of this.index.search(around)) {
      const shape = this.pickable(id);
      if (!shape) continue;
      const definition = this.definition(shape.label);
      if (definition.hit(shape.label, point, reach)) found.push({ shape, area: definition.area(shape.label) });
    }
    return found.sort((a, b) => a.area - b.area).map(({ shape }) => shape);
  }

  /** The mark that was selected first: its class and attributes are those under work. */
  firstSelected(): Shape | null {
    const { first } = this.selection;
    return first === null ? null : this.store.shape(first);
  }

  /** The rejection of a proposal and the list need the selected marks themselves. */
  selected(): Shape[] {
    return [...this.selection.ids].flatMap((id) => this.store.shape(id) ?? []);
  }

  dispose(): void {
    this.machine.cancel();
    this.scope.dispose();
  }
}

const EMPTY = new BlankPicture("", 1, 1);
