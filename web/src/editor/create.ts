import { Editor, type EditorOptions } from "./core/editor";
import { labelDefinitions } from "./labels/registry";
import { tools } from "./tools/registry";

/** An editor with every registered label kind and tool. */
export function createEditor(options: Omit<EditorOptions, "definitions" | "tools">): Editor {
  return new Editor({ ...options, definitions: labelDefinitions, tools });
}
