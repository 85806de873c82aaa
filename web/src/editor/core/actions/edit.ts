import { copy, copyFromPrevious, cut, paste } from "../commands/clipboard";
import { removeShapes, toggleNothing } from "../commands/labels";
import { keepGhosts, throwGhosts } from "../commands/prelabels";
import { selectAll, selectNext } from "../commands/select";
import { nudge } from "../commands/transform";
import type { Editor } from "../editor";
import type { Action } from "./action";

function step(editor: Editor, direction: "undo" | "redo"): boolean {
  if (editor.readOnly) return false;
  const changes = editor.history[direction]();
  if (!changes) return false;
  const touched = changes.filter((change) => change.table === "label" && change.after !== null);
  if (touched.length > 0 && touched.length < 100) editor.selection.set(touched.map((change) => change.id));
  return true;
}

function arrow(key: string, dx: number, dy: number): Action[] {
  return [
    { id: `nudge_${key}`, group: "edit", keys: [`Arrow${key}`], run: (editor) => nudge(editor, dx, dy) },
    {
      id: `nudge_${key}_10`,
      group: "edit",
      keys: [`Shift+Arrow${key}`],
      run: (editor) => nudge(editor, 10 * dx, 10 * dy),
    },
  ];
}

export const editActions: readonly Action[] = [
  { id: "undo", group: "edit", keys: ["Mod+Z", "Z"], run: (editor) => step(editor, "undo") },
  { id: "redo", group: "edit", keys: ["Mod+Y", "Mod+Shift+Z"], run: (editor) => step(editor, "redo") },
  {
    id: "remove",
    group: "edit",
    keys: ["Delete", "Backspace"],
    run: (editor) => removeShapes(editor, editor.selection.ids),
  },
  { id: "copy", group: "edit", keys: ["Mod+C"], run: copy },
  { id: "cut", group: "edit", keys: ["Mod+X"], run: cut },
  { id: "paste", group: "edit", keys: ["Mod+V"], run: paste },
  { id: "copy_previous", group: "edit", keys: ["D"], run: copyFromPrevious },
  { id: "select_all", group: "edit", keys: ["Mod+A"], run: selectAll },
  { id: "select_next", group: "edit", keys: ["Tab"], run: (editor) => selectNext(editor, 1) },
  { id: "select_previous", group: "edit", keys: ["Shift+Tab"], run: (editor) => selectNext(editor, -1) },
  ...arrow("Left", -1, 0),
  ...arrow("Right", 1, 0),
  ...arrow("Up", 0, -1),
  ...arrow("Down", 0, 1),
  { id: "nothing", group: "labels", keys: ["0"], run: toggleNothing },
  { id: "keep", group: "prelabels", keys: ["Y"], run: (editor) => keepGhosts(editor) },
  { id: "throw", group: "prelabels", keys: ["N"], run: (editor) => throwGhosts(editor) },
  {
    id: "keep_all",
    group: "prelabels",
    keys: ["Shift+Y"],
    run: (editor) => keepGhosts(editor, editor.store.pending()),
  },
  {
    id: "throw_all",
    group: "prelabels",
    keys: ["Shift+N"],
    run: (editor) => throwGhosts(editor, editor.store.pending()),
  },
];
