import type { ImagePoint, ImageRect } from "./coordinates";
import type { Label } from "./records";
import { Signal } from "./signal";

/** What a gesture in progress shows; nothing here is part of the annotation until it is committed. */
export class Preview {
  /** Redraws the layer of moving marks only. */
  readonly changed = new Signal();
  /** Redraws the layer of resting marks too: some are hidden or back. */
  readonly hiddenChanged = new Signal();
  labels: readonly Label[] = [];
  hidden: ReadonlySet<string> = new Set();
  /** Marks that have just been hidden or shown again. */
  turned: readonly string[] = [];
  /** The rubber band. */
  band: ImageRect | null = null;
  /** Where the pointer is; null when it is outside. */
  pointer: ImagePoint | null = null;
  hover: string | null = null;

  /** Shows `labels` in place of the resting marks with the same ids. */
  show(labels: readonly Label[]): void {
    this.labels = labels;
    if (labels.length !== this.hidden.size || labels.some((label) => !this.hidden.has(label.id))) {
      const before = this.hidden;
      this.hidden = new Set(labels.map((label) => label.id));
      this.turned = [...before, ...this.hidden];
      this.hiddenChanged.emit();
    }
    this.changed.emit();
  }

  setBand(band: ImageRect | null): void {
    this.band = band;
    this.changed.emit();
  }

  setPointer(pointer: ImagePoint | null, hover: string | null): void {
    this.pointer = pointer;
    this.hover = hover;
    this.changed.emit();
  }

  clear(): void {
    this.band = null;
    this.show([]);
  }
}
