import type { Editor } from "../editor";

export type ActionGroup = "tools" | "edit" | "labels" | "prelabels" | "view" | "item";

/**
 * Something a person can ask for. Keys, buttons, the list of shortcuts and tests all call the same object.
 * `run` answers whether it did anything (an unused key is left to the browser).
 */
export interface Action {
  readonly id: string;
  readonly group: ActionGroup;
  readonly keys: readonly string[];
  run(editor: Editor): boolean;
}

export function done(act: () => void): true {
  act();
  return true;
}
