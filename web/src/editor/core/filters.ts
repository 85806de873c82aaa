import { clamp } from "./coordinates";
import { Signal } from "./signal";

/** How the picture is shown; the pixels themselves are never changed. 1 = as it is. */
export interface FilterValues {
  readonly brightness: number;
  readonly contrast: number;
  readonly gamma: number;
  readonly invert: boolean;
}

export const PLAIN: FilterValues = { brightness: 1, contrast: 1, gamma: 1, invert: false };

export const FILTER_RANGES = {
  brightness: { min: 0.2, max: 3, step: 0.1 },
  contrast: { min: 0.2, max: 4, step: 0.1 },
  gamma: { min: 0.3, max: 3, step: 0.1 },
} as const;

export class Filters {
  readonly changed = new Signal();
  values: FilterValues = PLAIN;

  get plain(): boolean {
    return this.css("x") === "none";
  }

  set(values: Partial<FilterValues>): void {
    const next = { ...this.values, ...values };
    const within = (key: keyof typeof FILTER_RANGES) =>
      clamp(Math.round(next[key] * 100) / 100, FILTER_RANGES[key].min, FILTER_RANGES[key].max);
    this.values = {
      brightness: within("brightness"),
      contrast: within("contrast"),
      gamma: within("gamma"),
      invert: next.invert,
    };
    this.changed.emit();
  }

  reset(): void {
    this.set(PLAIN);
  }

  /** The CSS filter of the picture's layer; `gammaId` names the SVG filter that bends the curve. */
  css(gammaId: string): string {
    const { brightness, contrast, gamma, invert } = this.values;
    const parts: string[] = [];
    if (gamma !== 1) parts.push(`url(#${gammaId})`);
    if (brightness !== 1) parts.push(`brightness(${brightness})`);
    if (contrast !== 1) parts.push(`contrast(${contrast})`);
    if (invert) parts.push("invert(1)");
    return parts.length ? parts.join(" ") : "none";
  }
}
