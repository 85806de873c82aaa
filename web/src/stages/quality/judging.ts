import type { FindingIn } from "./queries";

export const TYPES = [
  "missed",
  "extra",
  "wrong_class",
  "loose_box",
  "tight_box",
  "wrong_attribute",
  "rule_unclear",
  "other",
] as const;
export const SEVERITIES = ["critical", "major", "minor"] as const;
export const SEVERITY_KEYS: Record<string, (typeof SEVERITIES)[number]> = { Q: "critical", W: "major", E: "minor" };

/** What is being written down about the answer; `type` is null until chosen. */
export interface Draft {
  readonly type: FindingIn["type"] | null;
  readonly severity: FindingIn["severity"];
  readonly note: string;
}

export const EMPTY_DRAFT: Draft = { type: null, severity: "major", note: "" };

/** Where a finding is: a label of the author's, a part that the inspector drew, or the whole picture. */
export interface Target {
  readonly labelId: string;
  readonly label: string;
  readonly region: { x: number; y: number; width: number; height: number } | null;
}

export const WHOLE: Target = { labelId: "", label: "", region: null };

export function toFinding(draft: Draft, target: Target): FindingIn | null {
  if (!draft.type) return null;
  return {
    type: draft.type,
    severity: draft.severity,
    note: draft.note.trim(),
    label_id: target.labelId,
    label: target.label,
    region: target.region,
  };
}

/** Letter or digit of a key press where an input method may swallow `key`; empty when a field is being typed in. */
export function plainKey(event: KeyboardEvent): string {
  const { target } = event;
  const typing = target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  if (event.ctrlKey || event.metaKey || event.altKey) return "";
  if (typing) return event.key === "Escape" || (event.key === "Enter" && !event.shiftKey) ? event.key : "";
  const code = /^(?:Digit|Numpad|Key)([0-9A-Z])$/.exec(event.code);
  if (code?.[1]) return code[1];
  return event.code === "Space" ? "Space" : event.key;
}
