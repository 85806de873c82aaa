import type { Editor } from "../editor";
import type { Label } from "../records";
import { addLabels, removeShapes } from "./labels";
import { movedLabels } from "./transform";

const STEP = 12;

export function copy(editor: Editor): boolean {
  const labels = editor.selected().map((shape) => shape.label);
  if (labels.length === 0) return false;
  editor.clipboard = labels;
  return true;
}

export function cut(editor: Editor): boolean {
  return copy(editor) && removeShapes(editor, editor.selection.ids);
}

/** Labels as new ones of this item: own ids, no model, cut to the picture. */
function fresh(editor: Editor, labels: readonly Label[]): Label[] {
  return labels.flatMap((label) => {
    if (!editor.labelClass(label.label)) return [];
    const inside = editor.definition(label).clip(label, editor.picture);
    return inside ? [{ ...inside, id: editor.newId(), origin: null, score: null }] : [];
  });
}

/** Pastes a step beside what it was copied from, or in place on another item. */
export function paste(editor: Editor): boolean {
  const labels = fresh(editor, editor.clipboard);
  const beside = editor.clipboard.some((label) => editor.store.shape(label.id) !== null);
  const placed = beside ? movedLabels(editor, labels, STEP, STEP, 0) : labels;
  const done = addLabels(editor, "paste", placed);
  if (done && beside) editor.clipboard = placed;
  return done;
}

/** All labels of the item before this one. */
export function copyFromPrevious(editor: Editor): boolean {
  return addLabels(editor, "copy_previous", fresh(editor, editor.previous));
}
