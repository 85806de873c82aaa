/** Label records: plain data with ids, in the shape the server stores (one schema per kind in the catalog). */

export type AttributeValue = string | boolean | number | readonly string[];
export type Attributes = Readonly<Record<string, AttributeValue>>;

interface LabelBase {
  /** Stable within an annotation. */
  readonly id: string;
  /** Key of the label class in the rule version. */
  readonly label: string;
  readonly attributes: Attributes;
  /** A model's confidence; null when a person drew or corrected it. */
  readonly score: number | null;
  /** Id of the pre-label this label came from; null when drawn by hand. */
  readonly origin: string | null;
}

/** An axis-aligned box in image pixels. */
export interface BoxLabel extends LabelBase {
  readonly kind: "box";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A statement about the whole item. */
export interface ClassLabel extends LabelBase {
  readonly kind: "class";
}

export type Label = BoxLabel | ClassLabel;
export type LabelKind = Label["kind"];
export type LabelOf<K extends LabelKind> = Extract<Label, { kind: K }>;

/** A model's proposal. `taken`: a label with this origin was made from it (kept or corrected). */
export interface Ghost {
  readonly id: string;
  readonly label: Label;
  readonly state: "pending" | "taken" | "thrown";
}

/** One mark on the canvas: a label of the annotation, or a proposal that waits for Y or N. */
export interface Shape {
  readonly label: Label;
  readonly ghost: boolean;
}

const ALPHABET = "0123456789abcdefghijklmnopqrstuv";

/** A fresh id of 20 letters (100 random bits). `crypto.randomUUID` is missing on plain-http addresses. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(20));
  let id = "";
  for (const byte of bytes) id += ALPHABET[byte & 31];
  return id;
}

/** A mark moved by less was not touched: the precision of the canvas, and the server's when it counts. */
const SAME_PIXELS = 0.01;

/**
 * True where two labels are of one class at one place. Attributes, ids, score and origin do not count: a proposal whose
 * attributes were filled in is kept, not corrected.
 */
export function sameMark(a: Label, b: Label): boolean {
  if (a.kind !== b.kind || a.label !== b.label) return false;
  if (a.kind !== "box" || b.kind !== "box") return true;
  const near = (one: number, other: number) => Math.abs(one - other) <= SAME_PIXELS;
  return near(a.x, b.x) && near(a.y, b.y) && near(a.width, b.width) && near(a.height, b.height);
}
