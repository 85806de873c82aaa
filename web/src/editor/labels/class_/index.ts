import type { LabelDefinition } from "../../core/definition";
import type { ClassLabel } from "../../core/records";

/** A statement about the whole item: no place, nothing to draw. */
export const class_: LabelDefinition<ClassLabel> = {
  kind: "class",
  bounds: () => null,
  area: () => 0,
  hit: () => false,
  handles: () => [],
  moveHandle: (label) => label,
  translate: (label) => label,
  clip: (label) => label,
  paint: () => {},
  measure: () => "",
};
