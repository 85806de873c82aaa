import type { LabelDefinition } from "../core/definition";
import type { LabelKind } from "../core/records";
import { box } from "./box";
import { class_ } from "./class_";

/** One line per label kind: a kind without a definition does not compile. */
export const labelDefinitions = { box, class: class_ } satisfies Record<LabelKind, LabelDefinition>;
