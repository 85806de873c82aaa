import type { ImageRect, Size } from "./coordinates";
import type { Attributes, AttributeValue, LabelKind } from "./records";

/** One possible answer of a choice attribute. */
export interface AttributeOption {
  readonly value: string;
  readonly name: string;
  readonly hotkey?: string | undefined;
}

/** One attribute of a label class, as the rule version defines it. */
export interface AttributeSpec {
  readonly key: string;
  readonly name: string;
  readonly type: "choice" | "multi" | "flag" | "number" | "text";
  readonly options: readonly AttributeOption[];
  readonly required: boolean;
  readonly default?: AttributeValue | undefined;
  /** For a flag: the key that switches it. */
  readonly hotkey?: string | undefined;
}

/** A picture that shows what the class is, or is not. */
export interface RuleExample {
  readonly id: string;
  readonly right: boolean;
  readonly image: string;
  readonly note: string;
  /** The part of the picture that shows it, in pixels; the whole picture without it. */
  readonly crop?: { readonly region: ImageRect; readonly whole: Size };
}

/** An entry of the label set of the rule version. */
export interface LabelClass {
  readonly key: string;
  readonly name: string;
  readonly color: string;
  readonly hotkey: string | null;
  readonly kind: LabelKind;
  readonly attributes: readonly AttributeSpec[];
  /** Markdown. */
  readonly definition: string;
  readonly examples: readonly RuleExample[];
}

export interface LabelSet {
  readonly classes: readonly LabelClass[];
  /** Whether an item may carry several labels of kind `class`. */
  readonly severalClasses: boolean;
}

/** The attributes that a new label of a class starts with. */
export function defaultAttributes(labelClass: LabelClass | undefined): Attributes {
  const attributes: Record<string, AttributeValue> = {};
  for (const spec of labelClass?.attributes ?? []) {
    if (spec.default !== undefined) attributes[spec.key] = spec.default;
  }
  return attributes;
}

/** What of `attributes` still makes sense under another class, filled up with its defaults. */
export function carriedAttributes(attributes: Attributes, target: LabelClass): Attributes {
  const result: Record<string, AttributeValue> = { ...defaultAttributes(target) };
  for (const spec of target.attributes) {
    const value = attributes[spec.key];
    if (value !== undefined && allowed(spec, value)) result[spec.key] = value;
  }
  return result;
}

function allowed(spec: AttributeSpec, value: AttributeValue): boolean {
  const known = (text: string) => spec.options.some((option) => option.value === text);
  if (spec.type === "choice") return typeof value === "string" && known(value);
  if (spec.type === "multi") return Array.isArray(value) && value.every(known);
  if (spec.type === "flag") return typeof value === "boolean";
  if (spec.type === "number") return typeof value === "number";
  return typeof value === "string";
}

/** Required attributes of the class that have no value yet. */
export function missingAttributes(labelClass: LabelClass | undefined, attributes: Attributes): AttributeSpec[] {
  return (labelClass?.attributes ?? []).filter((spec) => {
    const value = attributes[spec.key];
    const empty = value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
    return spec.required && empty;
  });
}

/** Letters given to attribute options without a key of their own: left hand, none used by a command of the editor. */
const SPARE_KEYS = ["Q", "W", "E", "R", "T", "A", "S", "G", "H", "J"];

export interface AttributeKey {
  readonly key: string;
  readonly attribute: string;
  readonly value: string | true;
}

/** The hotkeys of a class's attributes: their own first, then spare letters in order. */
export function attributeKeys(labelClass: LabelClass | undefined, taken: ReadonlySet<string>): AttributeKey[] {
  const wanted: { attribute: string; value: string | true; own: string | undefined }[] = [];
  for (const spec of labelClass?.attributes ?? []) {
    if (spec.type === "flag") wanted.push({ attribute: spec.key, value: true, own: spec.hotkey });
    if (spec.type === "choice" || spec.type === "multi") {
      for (const option of spec.options) wanted.push({ attribute: spec.key, value: option.value, own: option.hotkey });
    }
  }
  const used = new Set(taken);
  for (const { own } of wanted) if (own) used.add(own.toUpperCase());
  const spare = SPARE_KEYS.filter((key) => !used.has(key));
  return wanted.flatMap(({ attribute, value, own }) => {
    const key = own?.toUpperCase() ?? spare.shift();
    return key ? [{ key, attribute, value }] : [];
  });
}
