import type { components } from "../../api/schema";
import type { SubmitChecks } from "../../editor/core/checks";
import type { AttributeSpec, LabelClass, LabelSet, RuleExample } from "../../editor/core/labelset";
import type { LabelKind } from "../../editor/core/records";
import { localized } from "../../i18n/localized";
import type { RuleVersion } from "./workApi";

type Schemas = components["schemas"];

/** A rule version as the editor wants it, in the reader's language. */
export interface Rules {
  readonly id: string;
  readonly number: string;
  readonly set: LabelSet;
  readonly checks: SubmitChecks;
}

function toAttribute(spec: Schemas["Attribute"]): AttributeSpec {
  const options = spec.options.map((option) => ({
    value: option.value,
    name: localized(option.name, option.value),
    ...(option.hotkey ? { hotkey: option.hotkey } : {}),
  }));
  return { key: spec.key, name: localized(spec.name, spec.key), type: spec.type, required: spec.required, options };
}

function toExamples(version: RuleVersion, key: string): RuleExample[] {
  return version.examples.flatMap((example, place) => {
    const picture = version.pictures?.[example.item_id];
    const image = picture?.image_url ?? picture?.medium_url ?? picture?.thumb_url;
    if (example.label !== key || !picture || !image) return [];
    const { right, note, region } = example;
    const whole = { width: picture.width ?? 1, height: picture.height ?? 1 };
    return [{ id: `${key}-${place}`, right, note, image, ...(region ? { crop: { region, whole } } : {}) }];
  });
}

function toClass(version: RuleVersion, entry: Schemas["LabelClass"]): LabelClass {
  return {
    key: entry.key,
    name: localized(entry.name, entry.key),
    color: entry.color,
    hotkey: entry.hotkey || null,
    kind: entry.kind as LabelKind,
    attributes: entry.attributes.map(toAttribute),
    definition: localized(entry.definition),
    examples: toExamples(version, entry.key),
  };
}

export function toRules(version: RuleVersion): Rules {
  const { min_width: minWidth, min_height: minHeight, require_any: requireAny } = version.checks;
  return {
    id: version.id,
    number: `${version.major}.${version.minor}`,
    set: { classes: version.label_set.map((entry) => toClass(version, entry)), severalClasses: true },
    checks: { minWidth, minHeight, requireAny },
  };
}
