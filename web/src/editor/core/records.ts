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

/** True where two labels say the same thing at the same place (ids, score and origin do not count). */
export function sameMark(a: Label, b: Label): boolean {
  return JSON.stringify(markOf(a)) === JSON.stringify(markOf(b));
}

function markOf(label: Label): unknown[] {
  const attributes = Object.entries(label.attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  const place = label.kind === "box" ? [label.x, label.y, label.width, label.height] : [];
  return [label.kind, label.label, attributes, place];
}
