import i18next from "i18next";

// Reasons, types and codes come from the server at run time, so these lookups can't be checked by the compiler.
const lookup = (key: string): string => (i18next.t as unknown as (key: string) => string)(key);

/** `label:<branch>.<code>` where there is such a text, else the branch's "other". */
function byCode(branch: string, code: string, leaf = ""): string {
  const root = i18next.getResource(i18next.language, "label", branch) as Record<string, unknown> | undefined;
  const found = root?.[code] ?? root?.other;
  const text = leaf && typeof found === "object" ? (found as Record<string, unknown>)[leaf] : found;
  return typeof text === "string" ? text : lookup(`label:${branch}.other`);
}

export const reasonText = (code: string) => byCode("reason", code);
export const findingText = (code: string) => byCode("rework.type", code);
export const severityText = (code: string) => byCode("rework.severity", code);
export const noneTitle = (code: string) => byCode("none", code, "title");
export const noneText = (code: string) => byCode("none", code, "text");
