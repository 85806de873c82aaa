export type RuleKind = "none" | "folder" | "column" | "pattern";

export interface Rule {
  kind: RuleKind;
  value: string;
}

export function readRule(text: string): Rule {
  const [kind = "none", ...rest] = text.split(":");
  if (kind === "folder" || kind === "column" || kind === "pattern") return { kind, value: rest.join(":") };
  return { kind: "none", value: "" };
}

export function writeRule({ kind, value }: Rule): string {
  return kind === "none" || kind === "folder" ? kind : `${kind}:${value}`;
}

/**
 * The group that a rule gives a file name, to show while it is typed; the server decides.
 * @returns null: no group; undefined: can't be told here (a column), or the pattern is not finished.
 */
export function exampleGroup(rule: Rule, name: string): string | null | undefined {
  if (rule.kind === "none") return null;
  if (rule.kind === "folder") return name.includes("/") ? name.slice(0, name.lastIndexOf("/")) : null;
  if (rule.kind === "column") return undefined;
  try {
    const found = new RegExp(rule.value).exec(name);
    return found ? (found[1] ?? null) : null;
  } catch {
    return undefined;
  }
}
