import type { Label } from "./records";
import type { Scope } from "./scope";
import { Signal } from "./signal";

/** A read-only layer over one's own marks: the gold answer, the inspector's fix, another person's shapes. */
export interface Overlay {
  readonly id: string;
  readonly name: string;
  readonly labels: readonly Label[];
  readonly color: string;
}

const BLINK_MS = 500;

/** Read-only layers and how they are compared with one's own marks: side by side in one picture, or blinking. */
export class Overlays {
  readonly changed = new Signal();
  layers: readonly Overlay[] = [];
  /** Layers switched off by the person. */
  hidden: ReadonlySet<string> = new Set();
  /** True while own marks and layers take turns. */
  blinking = false;
  #ownTurn = true;
  #stop: () => void = () => {};

  constructor(private readonly scope: Scope) {}

  get showOwn(): boolean {
    return !this.blinking || this.#ownTurn;
  }

  visible(): readonly Overlay[] {
    if (this.blinking && this.#ownTurn) return [];
    return this.layers.filter((layer) => !this.hidden.has(layer.id));
  }

  set(layers: readonly Overlay[]): void {
    this.layers = layers;
    if (layers.length === 0) this.blink(false);
    this.changed.emit();
  }

  toggle(id: string): void {
    const hidden = new Set(this.hidden);
    if (!hidden.delete(id)) hidden.add(id);
    this.hidden = hidden;
    this.changed.emit();
  }

  blink(on: boolean): void {
    this.#stop();
    this.blinking = on && this.layers.length > 0;
    this.#ownTurn = true;
    if (this.blinking) {
      this.#stop = this.scope.interval(() => {
        this.#ownTurn = !this.#ownTurn;
        this.changed.emit();
      }, BLINK_MS);
    }
    this.changed.emit();
  }
}
