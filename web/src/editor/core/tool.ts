import type { ImagePoint, ScreenPoint } from "./coordinates";
import type { Editor } from "./editor";
import type { LabelKind } from "./records";

export type ToolId = "select" | "box";

/** A pointer event as tools see it. */
export interface PointerInput {
  readonly screen: ScreenPoint;
  readonly image: ImagePoint;
  readonly shift: boolean;
  readonly mod: boolean;
  readonly alt: boolean;
}

/** One state of a tool, in a file of its own. It moves on with `context.go(nextState(...))` or `context.rest()`. */
export interface ToolState {
  /** "tool.state", for instance "box.creating". */
  readonly id: string;
  pointerDown?(input: PointerInput): void;
  pointerMove?(input: PointerInput): void;
  pointerUp?(input: PointerInput): void;
  /** Leaves the state without a trace: Escape, a lost pointer, another tool. */
  cancel?(): void;
  cursor?(): string;
}

export interface ToolContext {
  readonly editor: Editor;
  go(state: ToolState): void;
  /** Back to the tool's first state. */
  rest(): void;
}

export interface ToolDefinition {
  readonly id: ToolId;
  /** The kind it draws; null when it draws none. */
  readonly draws: LabelKind | null;
  readonly hotkey: string;
  /** The first state. */
  start(context: ToolContext): ToolState;
}

export type Tools = Readonly<Record<ToolId, ToolDefinition>>;

/** Runs the state machine of the chosen tool. */
export class ToolMachine {
  #definition: ToolDefinition;
  #state: ToolState;
  readonly #context: ToolContext;

  constructor(editor: Editor, first: ToolDefinition) {
    this.#definition = first;
    this.#context = {
      editor,
      go: (state) => {
        this.#state = state;
      },
      rest: () => {
        this.#state = this.#definition.start(this.#context);
      },
    };
    this.#state = first.start(this.#context);
  }

  get tool(): ToolDefinition {
    return this.#definition;
  }

  get state(): ToolState {
    return this.#state;
  }

  /** True while a gesture is under way. */
  get busy(): boolean {
    return this.#state.cancel !== undefined;
  }

  change(definition: ToolDefinition): void {
    this.cancel();
    this.#definition = definition;
    this.#context.rest();
  }

  cancel(): void {
    this.#state.cancel?.();
    this.#context.rest();
  }
}
