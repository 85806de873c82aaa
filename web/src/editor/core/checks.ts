import type { Editor } from "./editor";
import { missingAttributes } from "./labelset";

/** The machine checks of a rule version that can be told at once; the server repeats them all at submit. */
export interface SubmitChecks {
  readonly minWidth: number;
  readonly minHeight: number;
  /** At least one label, or "nothing here". */
  readonly requireAny: boolean;
}

/** Same codes as the server's. `labelId` is empty for the answer as a whole. */
export interface Problem {
  readonly code: string;
  readonly labelId: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export function findProblems(editor: Editor, checks: SubmitChecks): Problem[] {
  const { store } = editor;
  const problems: Problem[] = [];
  const pending = store.pending();
  const [first] = pending;
  if (first) problems.push({ code: "prelabels.pending", labelId: first.id, params: { count: pending.length } });
  if (checks.requireAny && !store.nothing && store.labels.size === 0 && pending.length === 0) {
    problems.push({ code: "answer.empty", labelId: "", params: {} });
  }
  for (const label of store.list()) {
    const labelClass = editor.labelClass(label.label);
    const name = labelClass?.name ?? label.label;
    const rect = editor.bounds(label);
    if (rect && (rect.width < checks.minWidth || rect.height < checks.minHeight)) {
      const params = {
        ...{ label: name, width: Math.round(rect.width), height: Math.round(rect.height) },
        ...{ min_width: checks.minWidth, min_height: checks.minHeight },
      };
      problems.push({ code: "label.too_small", labelId: label.id, params });
    }
    for (const spec of missingAttributes(labelClass, label.attributes)) {
      const params = { label: name, attribute: spec.name };
      problems.push({ code: "label.missing_attribute", labelId: label.id, params });
    }
  }
  return problems;
}
