import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Problem, SubmitChecks } from "../../editor/core/checks";
import type { LabelSet } from "../../editor/core/labelset";
import type { Label, LabelKind } from "../../editor/core/records";
import { localized } from "../../i18n/localized";
import { type RuleVersion, useRules } from "./queries";

const KINDS: readonly string[] = ["box", "class"];

/** The label set of a rule version as the editor takes it. */
function toLabelSet(rules: RuleVersion): LabelSet {
  return {
    severalClasses: false,
    classes: rules.label_set
      .filter((entry) => KINDS.includes(entry.kind))
      .map((entry) => ({
        key: entry.key,
        name: localized(entry.name, entry.key),
        color: entry.color,
        hotkey: entry.hotkey || null,
        kind: entry.kind as LabelKind,
        definition: localized(entry.definition),
        examples: [],
        attributes: entry.attributes.map((spec) => ({
          key: spec.key,
          name: localized(spec.name, spec.key),
          type: spec.type,
          required: spec.required,
          options: spec.options.map((option) => ({
            value: option.value,
            name: localized(option.name, option.value),
            hotkey: option.hotkey || undefined,
          })),
        })),
      })),
  };
}

/** The editor's label set and checks of a rule version, in the reader's language; null while loading. */
export function useLabelSet(project: string, version?: string) {
  const rules = useRules(project, version);
  const { i18n } = useTranslation();
  const language = i18n.language;
  const { data } = rules;
  // biome-ignore lint/correctness/useExhaustiveDependencies: names are read in the language of the moment
  const set = useMemo(() => (data ? toLabelSet(data) : null), [data, language]);
  const checks = useMemo<SubmitChecks | undefined>(
    () =>
      data
        ? {
            minWidth: data.checks.min_width,
            minHeight: data.checks.min_height,
            requireAny: data.checks.require_any,
          }
        : undefined,
    [data],
  );
  return { set, checks, number: data ? `${data.major}.${data.minor}` : "", error: rules.error };
}

/** Name of a label class by its key, of the current rules; the key itself where the rules lack it. */
export function useLabelNames(project: string): (key: string) => string {
  const rules = useRules(project);
  useTranslation();
  const names = new Map((rules.data?.label_set ?? []).map((entry) => [entry.key, localized(entry.name, entry.key)]));
  return (key) => names.get(key) ?? key;
}

/** Name of an attribute of a label class by its key, of the current rules; the key itself where the rules lack it. */
export function useAttributeNames(project: string): (label: string, key: string) => string {
  const rules = useRules(project);
  useTranslation();
  const classes = new Map((rules.data?.label_set ?? []).map((entry) => [entry.key, entry.attributes]));
  return (label, key) => {
    const spec = classes.get(label)?.find((each) => each.key === key);
    return spec ? localized(spec.name, key) : key;
  };
}

/** Labels as the server stores them, as the editor's records. */
export function toLabels(raw: readonly Record<string, unknown>[]): Label[] {
  return raw.flatMap((record, place) => {
    if (!KINDS.includes(String(record.kind))) return [];
    const base = { score: null, origin: null, attributes: {}, ...record, id: String(record.id || `label-${place}`) };
    return [base as unknown as Label];
  });
}

/** What the server's checks refused, as the editor shows it. */
export function toProblems(params: Record<string, unknown> | undefined): Problem[] {
  const listed = Array.isArray(params?.problems) ? (params.problems as Record<string, unknown>[]) : [];
  return listed.map((one) => ({
    code: String(one.code),
    labelId: String(one.label_id ?? ""),
    params: (one.params ?? {}) as Record<string, unknown>,
  }));
}
