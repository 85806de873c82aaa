import type { ImagePoint, ImageRect, Size } from "./coordinates";
import type { Label, LabelKind } from "./records";
import type { Viewport } from "./viewport";

/** A grip of a selected label. */
export interface Handle {
  readonly id: string;
  readonly point: ImagePoint;
  readonly cursor: string;
}

/** What a definition may draw with; colour, line and alpha are set by the renderer. */
export type Brush = Pick<
  CanvasRenderingContext2D,
  "beginPath" | "moveTo" | "lineTo" | "arc" | "ellipse" | "closePath" | "fill" | "stroke" | "fillRect" | "strokeRect"
>;

/**
 * Behaviour of one label kind; the record itself is plain data. Registered once, in `labels/registry.ts`.
 * Methods (not properties), so that a definition of one kind fits the table of all kinds.
 */
export interface LabelDefinition<L extends Label = Label> {
  readonly kind: L["kind"];
  /** Extent in image pixels; null for a label of the whole item. */
  bounds(label: L): ImageRect | null;
  /** Smaller ones are drawn above larger ones and picked first. */
  area(label: L): number;
  /** Whether a press at `point` means this label; `reach` is the tolerance in image pixels. */
  hit(label: L, point: ImagePoint, reach: number): boolean;
  handles(label: L): readonly Handle[];
  /** The label with a grip dragged to `to`, inside the picture. */
  moveHandle(label: L, handle: string, to: ImagePoint, picture: Size): L;
  translate(label: L, dx: number, dy: number): L;
  /** The label cut to what lies inside the picture; null when nothing is left. */
  clip(label: L, picture: Size): L | null;
  /**
   * Draws outline or inside, in screen coordinates. One call a mark: for 5,000 boxes `strokeRect` each is three times
   * faster than one path of 5,000 rectangles.
   */
  paint(brush: Brush, label: L, view: Viewport, what: "outline" | "inside"): void;
  /** Size in words for the list of shapes, for instance "286 × 268"; empty where there is none. */
  measure(label: L): string;
}

export type Definitions = Readonly<Record<LabelKind, LabelDefinition>>;
