import { boundedMove, type ImageRect, unionRect } from "../coordinates";
import type { Editor } from "../editor";
import type { Label } from "../records";
import { editShapes } from "./labels";

/** The rectangle around marks; null where none has a place. */
export function extentOf(editor: Editor, labels: readonly Label[]): ImageRect | null {
  return unionRect(labels.flatMap((label) => editor.bounds(label) ?? []));
}

/**
 * Marks moved together, as far as the picture's edge lets the whole group go.
 * @param extent of the marks, where a gesture has measured it already.
 */
export function movedLabels(
  editor: Editor,
  labels: readonly Label[],
  dx: number,
  dy: number,
  reach: number,
  extent = extentOf(editor, labels),
): Label[] {
  if (!extent) return [...labels];
  const by = boundedMove(extent, dx, dy, editor.picture, reach);
  if (by.x === 0 && by.y === 0) return [...labels];
  return labels.map((label) => editor.definition(label).translate(label, by.x, by.y));
}

/** Moves the selected marks by whole pixels; a held key is one step of undo. */
export function nudge(editor: Editor, dx: number, dy: number): boolean {
  const labels = editor.selected().map((shape) => shape.label);
  const moved = new Map(movedLabels(editor, labels, dx, dy, 0).map((label) => [label.id, label]));
  return editShapes(
    editor,
    "nudge",
    [...moved.keys()],
    (label) => moved.get(label.id) ?? label,
    `nudge:${[...editor.selection.ids].join()}`,
  );
}
