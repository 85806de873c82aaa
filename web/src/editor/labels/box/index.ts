import { clamp, clampPoint, type ImagePoint, imagePoint, imageRect, type Size, tidy } from "../../core/coordinates";
import type { Brush, Handle, LabelDefinition } from "../../core/definition";
import type { BoxLabel } from "../../core/records";
import type { Viewport } from "../../core/viewport";

/** The smallest side a box can be given with a grip, in image pixels. */
const LEAST = 1;

/** Grip -> where it sits: -1 left or top, 0 middle, 1 right or bottom. */
const GRIPS: Readonly<Record<string, readonly [number, number, string]>> = {
  nw: [-1, -1, "nwse-resize"],
  n: [0, -1, "ns-resize"],
  ne: [1, -1, "nesw-resize"],
  e: [1, 0, "ew-resize"],
  se: [1, 1, "nwse-resize"],
  s: [0, 1, "ns-resize"],
  sw: [-1, 1, "nesw-resize"],
  w: [-1, 0, "ew-resize"],
};

/** One side pair after its grip moved; crossing the opposite side turns the box over. */
function span(start: number, length: number, side: number, to: number, far: number): [number, number] {
  if (side === 0) return [start, length];
  const fixed = side < 0 ? start + length : start;
  let low = Math.min(fixed, to);
  let high = Math.max(fixed, to);
  if (high - low < LEAST) {
    if (to < fixed || (to === fixed && side < 0)) low = high - LEAST;
    else high = low + LEAST;
  }
  low = clamp(low, 0, far - LEAST);
  high = clamp(high, low + LEAST, far);
  return [tidy(low), tidy(high - low)];
}

export const box: LabelDefinition<BoxLabel> = {
  kind: "box",

  bounds: (label) => imageRect(label.x, label.y, label.width, label.height),

  area: (label) => label.width * label.height,

  hit(label: BoxLabel, point: ImagePoint, reach: number): boolean {
    return (
      point.x >= label.x - reach &&
      point.x <= label.x + label.width + reach &&
      point.y >= label.y - reach &&
      point.y <= label.y + label.height + reach
    );
  },

  handles(label: BoxLabel): Handle[] {
    return Object.entries(GRIPS).map(([id, [dx, dy, cursor]]) => ({
      id,
      cursor,
      point: imagePoint(label.x + ((dx + 1) / 2) * label.width, label.y + ((dy + 1) / 2) * label.height),
    }));
  },

  moveHandle(label: BoxLabel, handle: string, to: ImagePoint, picture: Size): BoxLabel {
    const grip = GRIPS[handle];
    if (!grip) return label;
    const target = clampPoint(to, picture);
    const [x, width] = span(label.x, label.width, grip[0], target.x, picture.width);
    const [y, height] = span(label.y, label.height, grip[1], target.y, picture.height);
    return { ...label, x, y, width, height };
  },

  translate: (label, dx, dy) => ({ ...label, x: tidy(label.x + dx), y: tidy(label.y + dy) }),

  clip(label: BoxLabel, picture: Size): BoxLabel | null {
    const x = clamp(label.x, 0, picture.width);
    const y = clamp(label.y, 0, picture.height);
    const width = clamp(label.x + label.width, 0, picture.width) - x;
    const height = clamp(label.y + label.height, 0, picture.height) - y;
    return width > 0 && height > 0 ? { ...label, x, y, width, height } : null;
  },

  paint(brush: Brush, label: BoxLabel, view: Viewport, what: "outline" | "inside"): void {
    const x = label.x * view.scale + view.x;
    const y = label.y * view.scale + view.y;
    if (what === "outline") brush.strokeRect(x, y, label.width * view.scale, label.height * view.scale);
    else brush.fillRect(x, y, label.width * view.scale, label.height * view.scale);
  },

  measure: (label) => `${Math.round(label.width)} × ${Math.round(label.height)}`,
};
